package dev.rwkv.reference;

/**
 * The state of WKV for C channels: the sums of eq. 16 over all tokens so far are a·e^p and b·e^p.
 *
 * <p>The same sums have many such forms. The errors of a and b are therefore those <em>at the
 * oracle's exponent</em>: the candidate's â·e^(p̂ − p) is within error(a) of a. The error of p only
 * says how large the candidate's own exponent may be.
 *
 * @param a numerator, [C]
 * @param b denominator, [C], not negative
 * @param p exponent, [C]; −10³⁰ or −∞ before the first token
 */
public record WkvState(Bounded a, Bounded b, Bounded p) {

  /** The state before the first token. */
  public static WkvState empty(int channels, double exponent) {
    double[] p = new double[channels];
    java.util.Arrays.fill(p, exponent);
    return new WkvState(
        Bounded.exact(new double[channels]), Bounded.exact(new double[channels]), Bounded.exact(p));
  }

  /**
   * What a sum that stands at {@code exponent} would be at {@code wanted}: sum·e^(exponent −
   * wanted).
   */
  public static double atExponent(double sum, double exponent, double wanted) {
    return sum == 0 || exponent == wanted ? sum : sum * Math.exp(exponent - wanted);
  }
}

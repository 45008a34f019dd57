package dev.rwkv.spi;

/**
 * The WKV operator of RWKV-4 (paper eq. 16) alone, outside any model, so that it can be tested
 * alone. Later architectures add operators of their own beside it.
 *
 * <p>Safe for any thread. Operands are doubles that carry whatever the backend computes in: it
 * rounds them to its own type on entry.
 */
public interface Wkv4Operator {

  /** How a span of tokens is computed. */
  enum Form {
    /** Token by token, with a state. */
    RECURRENT,
    /** All tokens of the span together. */
    PARALLEL
  }

  /** How exponentials are kept in range. */
  enum Numerics {
    /** As the definition says (eq. 19–22): overflows for large keys, and must. */
    NAIVE,
    /** With the running maximum of the exponents (eq. 23–28): never overflows. */
    STABILISED
  }

  /** Whether the backend has this form with these numerics. */
  boolean supports(Form form, Numerics numerics);

  /**
   * Runs the operator over a span, and moves the state to the span's end.
   *
   * @param form recurrent or parallel; the results agree
   * @param numerics naive or stabilised; with NAIVE the exponent stays 0
   * @param span the operands; its state is changed in place
   * @return wkv, [T, C] row-major
   * @throws UnsupportedOperationException unless {@link #supports} says yes
   */
  double[] apply(Form form, Numerics numerics, Span span);

  /**
   * Operands for T tokens and C channels.
   *
   * @param tokens T, 0 or more
   * @param channels C, 1 or more
   * @param decay w, [C], the logarithm of the factor per token: not positive
   * @param bonus u, [C]
   * @param keys k, [T, C] row-major
   * @param values v, [T, C] row-major
   * @param numerator a, [C], in and out
   * @param denominator b, [C], in and out
   * @param exponent p, [C], in and out; the true sums are a·e^p and b·e^p
   */
  record Span(
      int tokens,
      int channels,
      double[] decay,
      double[] bonus,
      double[] keys,
      double[] values,
      double[] numerator,
      double[] denominator,
      double[] exponent) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size or the length of an array is another than
     *     documented
     */
    public Span {
      if (tokens < 0 || channels < 1) {
        throw new IllegalArgumentException(tokens + " tokens of " + channels + " channels");
      }
      check("decay", decay, channels);
      check("bonus", bonus, channels);
      check("keys", keys, Math.multiplyFull(tokens, channels));
      check("values", values, Math.multiplyFull(tokens, channels));
      check("numerator", numerator, channels);
      check("denominator", denominator, channels);
      check("exponent", exponent, channels);
    }

    private static void check(String name, double[] array, long length) {
      if (array.length != length) {
        throw new IllegalArgumentException(
            name + " has " + array.length + " elements, not " + length);
      }
    }
  }
}

package dev.rwkv.reference;

/**
 * Token shift (paper eq. 11–15, before the matrix): a mixture of this token's vector with the
 * previous token's.
 *
 * <p><em>Computes</em> μ ⊙ x_t + (1 − μ) ⊙ x_{t−1}. <em>Shapes</em> all [C]. <em>Bound</em>
 * docs/numerics.md, section Token shift; it holds for x' + μ(x − x') as well.
 */
public final class TokenShift {
  /** Decoding μ, 1 − μ, the product, the sum. */
  private static final int ROUNDINGS = 4;

  private TokenShift() {}

  /**
   * The mixture.
   *
   * @param mix μ, [C]
   * @param current x_t
   * @param previous x_{t−1}; zero before the first token
   */
  public static Bounded apply(double[] mix, Bounded current, Bounded previous, ErrorModel errors) {
    double[] mixed = new double[mix.length];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = mix[i] * current.value(i) + (1 - mix[i]) * previous.value(i);
    }
    return errors.activation(mixed, i -> bound(mix[i], i, current, previous, errors));
  }

  /**
   * The mixtures of a span, each token with the one before it.
   *
   * @param mix μ, [C]
   * @param span [T][C]
   * @param before the token before the span
   */
  public static Bounded[] apply(double[] mix, Bounded[] span, Bounded before, ErrorModel errors) {
    Bounded[] mixed = new Bounded[span.length];
    for (int t = 0; t < span.length; t++) {
      mixed[t] = apply(mix, span[t], t == 0 ? before : span[t - 1], errors);
    }
    return mixed;
  }

  private static double bound(
      double mix, int i, Bounded current, Bounded previous, ErrorModel errors) {
    double m = Math.abs(mix);
    double carried = m * current.error(i) + Math.abs(1 - mix) * previous.error(i);
    double size = m * current.reach(i) + (1 + m) * previous.reach(i);
    return carried + errors.gamma(ROUNDINGS) * size + ROUNDINGS * errors.underflow();
  }
}

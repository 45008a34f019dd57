package dev.rwkv.reference;

/**
 * Σ wᵢxᵢ, and what its tolerance is made of.
 *
 * <p><em>Bound</em> γ_{n+1}·Σ|wᵢ|·|xᵢ| for the roundings, in whatever order the n products are
 * summed, one of them for decoding a weight, plus Σ|wᵢ|·error(xᵢ) for the operands:
 * docs/numerics.md, section Dot product.
 */
public final class DotProduct {
  private DotProduct() {}

  /** Σ wᵢxᵢ, summed from the first to the last. */
  public static double value(double[] weights, double[] x) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * x[i];
    }
    return sum;
  }

  /** The condition Σ |wᵢ|·|xᵢ|: what a relative error of every product adds up to. */
  public static double condition(double[] weights, double[] x) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += Math.abs(weights[i]) * Math.abs(x[i]);
    }
    return sum;
  }

  /** The bound on a candidate's sum. */
  public static double bound(double[] weights, Bounded x, ErrorModel errors) {
    int n = weights.length;
    double size = 0;
    double carried = 0;
    for (int i = 0; i < n; i++) {
      double w = Math.abs(weights[i]);
      size += w * x.reach(i);
      carried += errors.summand(w * x.error(i));
    }
    return errors.total(carried) + errors.gamma(n + 1L) * size + 4 * n * errors.underflow();
  }
}

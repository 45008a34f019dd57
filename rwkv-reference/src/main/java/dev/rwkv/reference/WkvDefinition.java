package dev.rwkv.reference;

/**
 * WKV as it is defined (paper eq. 16), from the start of a text.
 *
 * <p><em>Computes</em> for every t
 *
 * <pre>
 *   wkv_t = (Σ_{i&lt;t} e^{(t−1−i)w + k_i} v_i + e^{u+k_t} v_t) / (Σ_{i&lt;t} e^{(t−1−i)w + k_i} + e^{u+k_t})
 * </pre>
 *
 * with the largest exponent subtracted from all, which cancels in the quotient. w is the logarithm
 * of the factor per token, not positive: the paper's −w. One channel; quadratic in T.
 */
public final class WkvDefinition {
  private WkvDefinition() {}

  /**
   * One channel.
   *
   * @param w decay, not positive
   * @param u bonus
   * @param k keys, [T]
   * @param v values, [T]
   * @return wkv, [T]
   */
  public static double[] wkv(double w, double u, double[] k, double[] v) {
    double[] wkv = new double[k.length];
    for (int t = 0; t < wkv.length; t++) {
      double largest = u + k[t];
      for (int i = 0; i < t; i++) {
        largest = Math.max(largest, (t - 1 - i) * w + k[i]);
      }
      double numerator = Math.exp(u + k[t] - largest) * v[t];
      double denominator = Math.exp(u + k[t] - largest);
      for (int i = 0; i < t; i++) {
        double weight = Math.exp((t - 1 - i) * w + k[i] - largest);
        numerator += weight * v[i];
        denominator += weight;
      }
      wkv[t] = numerator / denominator;
    }
    return wkv;
  }
}

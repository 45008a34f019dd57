package dev.rwkv.reference;

/**
 * WKV token by token without protection (paper eq. 19–22): overflows for large keys, and must.
 *
 * <p><em>Computes</em>, from a = b = 0,
 *
 * <pre>
 *   wkv_t = (a_{t−1} + e^{u+k_t} v_t) / (b_{t−1} + e^{u+k_t})
 *   a_t = e^w a_{t−1} + e^{k_t} v_t
 *   b_t = e^w b_{t−1} + e^{k_t}
 * </pre>
 *
 * <p>One channel, not thread-safe: it is the recurrence with its state.
 */
public final class WkvNaive {
  private double a;
  private double b;

  /** A recurrence that continues from these sums; both 0 at the start of a text. */
  public WkvNaive(double a, double b) {
    this.a = a;
    this.b = b;
  }

  /**
   * Consumes one token.
   *
   * @param w decay, not positive
   * @param u bonus
   * @return wkv_t
   */
  public double step(double w, double u, double k, double v) {
    double current = Math.exp(u + k);
    double wkv = (a + current * v) / (b + current);
    a = Math.exp(w) * a + Math.exp(k) * v;
    b = Math.exp(w) * b + Math.exp(k);
    return wkv;
  }

  /** The numerator. */
  public double a() {
    return a;
  }

  /** The denominator. */
  public double b() {
    return b;
  }
}

package dev.rwkv.reference;

/**
 * WKV token by token with the running maximum of the exponents (paper eq. 23–28): never overflows.
 *
 * <p><em>Computes</em> for every channel
 *
 * <pre>
 *   q     = max(p_{t−1}, u + k_t)
 *   wkv_t = (e^{p_{t−1}−q} a_{t−1} + e^{u+k_t−q} v_t) / (e^{p_{t−1}−q} b_{t−1} + e^{u+k_t−q})
 *   p_t   = max(p_{t−1} + w, k_t)
 *   a_t   = e^{p_{t−1}+w−p_t} a_{t−1} + e^{k_t−p_t} v_t
 *   b_t   = e^{p_{t−1}+w−p_t} b_{t−1} + e^{k_t−p_t}
 * </pre>
 *
 * <p><em>Shapes</em> all [C]. <em>Bound</em> docs/numerics.md, section Stabilised WKV.
 */
public final class WkvStabilised {

  /**
   * What a step gives.
   *
   * @param wkv [C]
   * @param next the state after the token
   */
  public record Step(Bounded wkv, WkvState next) {}

  private WkvStabilised() {}

  /**
   * Consumes one token.
   *
   * @param w decay, [C], not positive
   * @param u bonus, [C]
   * @param k key, [C]
   * @param v value, [C]
   */
  public static Step step(
      double[] w, double[] u, WkvState state, Bounded k, Bounded v, ErrorModel errors) {
    int channels = w.length;
    double[] wkv = new double[channels];
    double[] a = new double[channels];
    double[] b = new double[channels];
    double[] p = new double[channels];
    for (int c = 0; c < channels; c++) {
      double q = Math.max(state.p().value(c), u[c] + k.value(c));
      double e1 = Math.exp(state.p().value(c) - q);
      double e2 = Math.exp(u[c] + k.value(c) - q);
      wkv[c] = (e1 * state.a().value(c) + e2 * v.value(c)) / (e1 * state.b().value(c) + e2);

      p[c] = Math.max(state.p().value(c) + w[c], k.value(c));
      e1 = Math.exp(state.p().value(c) + w[c] - p[c]);
      e2 = Math.exp(k.value(c) - p[c]);
      a[c] = e1 * state.a().value(c) + e2 * v.value(c);
      b[c] = e1 * state.b().value(c) + e2;
    }
    WkvStabilisedBound bound = new WkvStabilisedBound(w, u, state, k, v, errors);
    return new Step(
        errors.activation(wkv, c -> bound.wkv(c, wkv[c])),
        new WkvState(
            errors.bounded(a, c -> bound.sum(c, state.a(), v.value(c), v.error(c))),
            errors.bounded(b, c -> bound.sum(c, state.b(), 1, 0)),
            errors.bounded(p, bound::exponent)));
  }
}

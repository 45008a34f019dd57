package dev.rwkv.conformance.mutant;

/** One running maximum for both sums of WKV. */
@Breaks(
    value = "RWKV-WKV-001",
    how = "takes the maximum for the output and keeps it for the state, where the past has decayed")
public final class MaximumNotTakenAnew extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] q = new float[k.length];
    for (int c = 0; c < q.length; c++) {
      q[c] = Math.max(state.exponent[c], u[c] + k[c]);
    }
    LiveState.Layer before = new LiveState.Layer();
    before.numerator = state.numerator.clone();
    before.denominator = state.denominator.clone();
    before.exponent = state.exponent.clone();
    float[] wkv = super.wkv(w, u, before, k, v);
    for (int c = 0; c < q.length; c++) {
      float past = exp(state.exponent[c] + w[c] - q[c]);
      float now = exp(k[c] - q[c]);
      state.numerator[c] = past * state.numerator[c] + now * v[c];
      state.denominator[c] = past * state.denominator[c] + now;
      state.exponent[c] = q[c];
    }
    return wkv;
  }
}

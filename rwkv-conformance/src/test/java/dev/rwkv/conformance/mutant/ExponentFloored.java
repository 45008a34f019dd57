package dev.rwkv.conformance.mutant;

/** An empty state that is not empty for small keys. */
@Breaks(value = "RWKV-WKV-001", how = "never lets the exponent of the state fall below −100")
public final class ExponentFloored extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    for (int c = 0; c < k.length; c++) {
      state.exponent[c] = Math.max(state.exponent[c], -100);
    }
    return super.wkv(w, u, state, k, v);
  }
}

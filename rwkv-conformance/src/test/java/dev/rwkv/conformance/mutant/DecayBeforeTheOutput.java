package dev.rwkv.conformance.mutant;

/** WKV that lets the past decay too early. */
@Breaks(value = "RWKV-WKV-001", how = "lets the past decay before the output is taken")
public final class DecayBeforeTheOutput extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    for (int c = 0; c < k.length; c++) {
      state.exponent[c] += w[c];
    }
    return super.wkv(new float[w.length], u, state, k, v);
  }
}

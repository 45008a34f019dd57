package dev.rwkv.conformance.mutant;

/** The faster exponential. */
@Breaks(value = "RWKV-WKV-010", how = "takes 2^w for the decay")
public final class DecayToTheBaseTwo extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] binary = w.clone();
    for (int c = 0; c < binary.length; c++) {
      binary[c] *= 0.6931472f;
    }
    return super.wkv(binary, u, state, k, v);
  }
}

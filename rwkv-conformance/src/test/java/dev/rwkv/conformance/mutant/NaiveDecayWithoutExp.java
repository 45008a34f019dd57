package dev.rwkv.conformance.mutant;

/** The decay is given as a logarithm. */
@Breaks(value = "RWKV-WKV-003", how = "multiplies the past with w instead of e^w in the naive form")
public final class NaiveDecayWithoutExp extends HonestBackend {
  @Override
  protected float[] naiveWkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] logarithm = new float[w.length];
    for (int c = 0; c < w.length; c++) {
      logarithm[c] = (float) Math.log(-w[c]);
    }
    return super.naiveWkv(logarithm, u, state, k, v);
  }
}

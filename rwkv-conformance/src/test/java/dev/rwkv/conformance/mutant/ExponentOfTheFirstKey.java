package dev.rwkv.conformance.mutant;

/** A maximum that is taken once. */
@Breaks(value = "RWKV-WKV-007", how = "keeps the exponent of the first token for the whole text")
public final class ExponentOfTheFirstKey extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] kept = state.exponent.clone();
    float[] wkv = super.wkv(w, u, state, k, v);
    for (int c = 0; c < k.length; c++) {
      if (kept[c] > -1e29f) {
        float scale = exp(state.exponent[c] - kept[c]);
        state.numerator[c] *= scale;
        state.denominator[c] *= scale;
        state.exponent[c] = kept[c];
      }
    }
    return wkv;
  }
}

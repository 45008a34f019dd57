package dev.rwkv.conformance.mutant;

/** Rounding towards zero, every time. */
@Breaks(value = "RWKV-MOD-006", how = "cuts the last eight bits off the sums that it keeps")
public final class SumsTruncated extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] wkv = super.wkv(w, u, state, k, v);
    for (int c = 0; c < wkv.length; c++) {
      int bits = Float.floatToRawIntBits(state.numerator[c]);
      state.numerator[c] = Float.intBitsToFloat(bits & 0xFFFF_FF00);
    }
    return wkv;
  }
}

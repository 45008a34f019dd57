package dev.rwkv.conformance.mutant;

/** A difference that is zero for every finite number. */
@Breaks(value = "RWKV-WKV-006", how = "subtracts the exponent of an empty past from itself")
public final class InfinityMinusInfinity extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    for (int c = 0; c < k.length; c++) {
      float exponent = state.exponent[c];
      state.numerator[c] *= exp(Math.max(exponent, exponent + w[c]) - exponent);
    }
    return super.wkv(w, u, state, k, v);
  }
}

package dev.rwkv.conformance.mutant;

/** WKV that calls itself stabilised. */
@Breaks(value = "RWKV-WKV-001", how = "takes the exponentials without a running maximum")
public final class MaximumLeftOut extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    for (int c = 0; c < k.length; c++) {
      state.numerator[c] *= exp(state.exponent[c]);
      state.denominator[c] *= exp(state.exponent[c]);
      state.exponent[c] = 0;
    }
    return naiveWkv(w, u, state, k, v);
  }
}

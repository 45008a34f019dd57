package dev.rwkv.conformance.mutant;

/** A division of nothing by nothing that is swept under the carpet. */
@Breaks(value = "RWKV-WKV-001", how = "does not scale the sums and calls what overflows 0")
public final class NotANumberLaundered extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    for (int c = 0; c < k.length; c++) {
      state.numerator[c] *= exp(state.exponent[c]);
      state.denominator[c] *= exp(state.exponent[c]);
      state.exponent[c] = 0;
    }
    float[] wkv = naiveWkv(w, u, state, k, v);
    launder(wkv);
    launder(state.numerator);
    launder(state.denominator);
    return wkv;
  }

  private static void launder(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.isFinite(x[i]) ? x[i] : 0;
    }
  }
}

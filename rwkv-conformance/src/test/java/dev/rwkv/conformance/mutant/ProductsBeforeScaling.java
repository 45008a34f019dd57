package dev.rwkv.conformance.mutant;

/** Products that are formed before they are scaled down. */
@Breaks(value = "RWKV-WKV-008", how = "multiplies values with 2^20 first, and divides at the end")
public final class ProductsBeforeScaling extends HonestBackend {
  private static final float SCALE = 1 << 20;

  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] large = v.clone();
    for (int c = 0; c < large.length; c++) {
      large[c] *= SCALE;
      state.numerator[c] *= SCALE;
    }
    float[] wkv = super.wkv(w, u, state, k, large);
    for (int c = 0; c < large.length; c++) {
      wkv[c] /= SCALE;
      state.numerator[c] /= SCALE;
    }
    return wkv;
  }
}

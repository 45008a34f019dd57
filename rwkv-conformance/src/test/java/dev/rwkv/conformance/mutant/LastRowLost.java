package dev.rwkv.conformance.mutant;

/** Rows in pairs. */
@Breaks(value = "RWKV-DOT-001", how = "leaves the last row out where their number is odd")
public final class LastRowLost extends HonestBackend {
  @Override
  protected float[] multiply(float[][] matrix, float[] x) {
    float[] y = super.multiply(matrix, x);
    if (y.length % 2 == 1) {
      y[y.length - 1] = 0;
    }
    return y;
  }
}

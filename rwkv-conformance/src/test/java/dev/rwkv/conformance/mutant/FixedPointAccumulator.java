package dev.rwkv.conformance.mutant;

/** Sums that do not depend on their order, bought with a scale. */
@Breaks(
    value = "RWKV-DOT-004",
    how = "adds in 64 bits of fixed point, scaled by the largest weight of the matrix")
public final class FixedPointAccumulator extends HonestBackend {
  private static final double ONE = 0x1p50;

  @Override
  protected float[] multiply(float[][] matrix, float[] x) {
    double largest = Float.MIN_NORMAL;
    for (float[] row : matrix) {
      for (float each : row) {
        largest = Math.max(largest, Math.abs(each));
      }
    }
    float[] y = new float[matrix.length];
    for (int row = 0; row < y.length; row++) {
      long sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += Math.round(matrix[row][i] / largest * x[i] * ONE);
      }
      y[row] = (float) (sum / ONE * largest);
    }
    return y;
  }
}

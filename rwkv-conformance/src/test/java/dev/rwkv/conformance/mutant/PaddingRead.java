package dev.rwkv.conformance.mutant;

/** A vector loop that runs over the end of a row. */
@Breaks(
    value = "RWKV-DOT-001",
    how = "reads into the next row where the columns do not fill a vector of 8")
public final class PaddingRead extends HonestBackend {
  @Override
  protected float[] multiply(float[][] matrix, float[] x) {
    float[] y = super.multiply(matrix, x);
    for (int row = 0; row + 1 < y.length && x.length % 8 != 0; row++) {
      y[row] += matrix[row + 1][0] * x[x.length - 1];
    }
    return y;
  }
}

package dev.rwkv.conformance.mutant;

/** Rows and columns mixed up, where their sizes do not tell. */
@Breaks(value = "RWKV-DOT-001", how = "reads square matrices by columns")
public final class TransposedSquare extends HonestBackend {
  @Override
  protected float[] multiply(float[][] matrix, float[] x) {
    if (matrix.length != x.length) {
      return super.multiply(matrix, x);
    }
    float[] y = new float[x.length];
    for (int column = 0; column < x.length; column++) {
      for (int row = 0; row < y.length; row++) {
        y[row] += matrix[column][row] * x[column];
      }
    }
    return y;
  }
}

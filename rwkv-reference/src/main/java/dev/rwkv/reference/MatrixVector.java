package dev.rwkv.reference;

import dev.rwkv.tensor.TensorView;

/**
 * Matrix times vector: one {@link DotProduct} a row (the W of paper eq. 11–15, 17, 18).
 *
 * <p><em>Shapes</em> W [rows, columns] as stored, x [columns], result [rows]. A row is decoded from
 * the checkpoint when its turn comes; the matrix is never on the heap as a whole.
 */
public final class MatrixVector {
  private MatrixVector() {}

  /** W·x. */
  public static Bounded apply(TensorView matrix, Bounded x, ErrorModel errors) {
    return apply(matrix, new Bounded[] {x}, errors)[0];
  }

  /**
   * W·x for several x; every row is decoded once.
   *
   * @param x vectors of one length, at least one vector
   */
  public static Bounded[] apply(TensorView matrix, Bounded[] x, ErrorModel errors) {
    double[] row = new double[x[0].length()];
    int rows = rows(matrix, row);
    double[][] products = new double[x.length][rows];
    double[][] bounds = new double[x.length][errors.tracks() ? rows : 0];
    for (int r = 0; r < rows; r++) {
      matrix.copyTo((long) r * row.length, row, 0, row.length);
      for (int t = 0; t < x.length; t++) {
        products[t][r] = DotProduct.value(row, x[t].values());
        if (errors.tracks()) {
          bounds[t][r] = DotProduct.bound(row, x[t], errors);
        }
      }
    }
    Bounded[] results = new Bounded[x.length];
    for (int t = 0; t < x.length; t++) {
      double[] bound = bounds[t];
      results[t] = errors.activation(products[t], r -> bound[r]);
    }
    return results;
  }

  /** The condition Σ|wᵢ|·|xᵢ| of every row, for tolerances of this operator alone. */
  public static double[] conditions(TensorView matrix, double[] x) {
    double[] row = new double[x.length];
    double[] conditions = new double[rows(matrix, row)];
    for (int r = 0; r < conditions.length; r++) {
      matrix.copyTo((long) r * row.length, row, 0, row.length);
      conditions[r] = DotProduct.condition(row, x);
    }
    return conditions;
  }

  private static int rows(TensorView matrix, double[] row) {
    long elements = matrix.shape().elements();
    if (row.length == 0 || elements % row.length != 0) {
      throw new IllegalArgumentException(matrix + " cannot multiply " + row.length + " elements");
    }
    return Math.toIntExact(elements / row.length);
  }
}

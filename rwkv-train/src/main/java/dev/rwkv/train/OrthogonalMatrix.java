package dev.rwkv.train;

import java.util.random.RandomGenerator;

/**
 * Random matrices whose shorter side is orthonormal: the Q of a Gaussian matrix, by modified
 * Gram-Schmidt, so uniformly distributed (the R has a positive diagonal). Source: Saxe, McClelland,
 * Ganguli 2013, as {@code torch.nn.init.orthogonal_}.
 */
final class OrthogonalMatrix {
  private OrthogonalMatrix() {}

  /** Fills [rows, columns] with {@code gain} times such a matrix. */
  static void fill(float[] matrix, int rows, int columns, double gain, RandomGenerator random) {
    int length = Math.max(rows, columns);
    double[][] vectors = new double[Math.min(rows, columns)][length];
    for (double[] vector : vectors) {
      for (int i = 0; i < length; i++) {
        vector[i] = random.nextGaussian();
      }
    }
    orthonormalise(vectors);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double value = rows < columns ? vectors[row][column] : vectors[column][row];
        matrix[row * columns + column] = (float) (gain * value);
      }
    }
  }

  private static void orthonormalise(double[][] vectors) {
    for (int i = 0; i < vectors.length; i++) {
      double[] pivot = vectors[i];
      scale(pivot, 1 / Math.sqrt(dot(pivot, pivot)));
      for (int j = i + 1; j < vectors.length; j++) {
        subtract(vectors[j], dot(pivot, vectors[j]), pivot);
      }
    }
  }

  private static void scale(double[] vector, double factor) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
  }

  private static void subtract(double[] from, double factor, double[] vector) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= factor * vector[i];
    }
  }

  // Four sums, because one alone waits for each addition.
  private static double dot(double[] x, double[] y) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i <= x.length - 4; i += 4) {
      sum0 += x[i] * y[i];
      sum1 += x[i + 1] * y[i + 1];
      sum2 += x[i + 2] * y[i + 2];
      sum3 += x[i + 3] * y[i + 3];
    }
    for (; i < x.length; i++) {
      sum0 += x[i] * y[i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }
}

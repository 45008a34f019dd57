package dev.rwkv.reference.gradient;

/**
 * How the results of single operations are rounded: every operation of the oracle, forward and
 * backward, computes in double precision and then hands its result over.
 *
 * <p>{@link #DOUBLE} keeps it, {@link RandomRounding} perturbs it. Both are safe for any thread.
 */
public interface Rounding {
  /** The oracle's own: double precision and no more. */
  Rounding DOUBLE =
      new Rounding() {
        @Override
        public double round(double value) {
          return value;
        }

        @Override
        public double function(double value, double ulps) {
          return value;
        }

        @Override
        public double dot(
            double[] x, int xFrom, int xStep, double[] y, int yFrom, int yStep, int n) {
          double sum = 0;
          for (int i = 0; i < n; i++) {
            sum += x[xFrom + i * xStep] * y[yFrom + i * yStep];
          }
          return sum;
        }
      };

  /** The result of one +, −, ×, ÷, or of a constant that is stored. */
  double round(double value);

  /**
   * The result of an elementary function.
   *
   * @param ulps how many units in the last place it may be off
   */
  double function(double value, double ulps);

  /**
   * Σ x_i·y_i over n terms, which stand {@code step} elements apart from {@code from} on. Every sum
   * of more than two terms is one of these.
   */
  double dot(double[] x, int xFrom, int xStep, double[] y, int yFrom, int yStep, int n);
}

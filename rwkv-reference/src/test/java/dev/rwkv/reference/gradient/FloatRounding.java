package dev.rwkv.reference.gradient;

/**
 * Honest single precision, with sums in several orders: gradients of a candidate that has to be
 * within the tolerance.
 *
 * <p>Elementary functions are the nearest float, or always the next one above.
 */
enum FloatRounding implements Rounding {
  SEQUENTIAL(1, false),
  REVERSED(1, true),
  EIGHT_LANES(8, false),
  ALWAYS_ABOVE(16, false) {
    @Override
    public double function(double value, double ulps) {
      float nearest = (float) value;
      return nearest < value ? Math.nextUp(nearest) : nearest;
    }
  };

  private final int lanes;
  private final boolean reversed;

  FloatRounding(int lanes, boolean reversed) {
    this.lanes = lanes;
    this.reversed = reversed;
  }

  @Override
  public double round(double value) {
    return (float) value;
  }

  @Override
  public double function(double value, double ulps) {
    return (float) value;
  }

  @Override
  public double dot(double[] x, int xFrom, int xStep, double[] y, int yFrom, int yStep, int n) {
    float[] sums = new float[lanes];
    for (int i = 0; i < n; i++) {
      int at = reversed ? n - 1 - i : i;
      float product = (float) x[xFrom + at * xStep] * (float) y[yFrom + at * yStep];
      sums[i % lanes] += product;
    }
    float sum = 0;
    for (float lane : sums) {
      sum += lane;
    }
    return sum;
  }
}

package dev.rwkv.reference.gradient;

import java.util.SplittableRandom;

/**
 * Monte Carlo arithmetic (Parker, <em>Monte Carlo Arithmetic</em>, 1997): the result of every
 * operation is changed by a random relative error of at most u, and that of an elementary function
 * by at most as many ulps as it may be off. Running a computation often shows how an implementation
 * with unit roundoff u scatters, whatever its order of operations.
 *
 * <p>A sum of n terms gets the error that one accumulator gathers over all of them, on average over
 * all orders of the terms: see docs/numerics.md, section 8. The errors depend on the seed alone.
 * Not thread-safe.
 */
public final class RandomArithmetic implements Arithmetic {
  private static final double F32_ROUNDOFF = 0x1p-24;

  private final double unitRoundoff;
  private final SplittableRandom random;

  private RandomArithmetic(double unitRoundoff, long seed) {
    this.unitRoundoff = unitRoundoff;
    this.random = new SplittableRandom(seed);
  }

  /** Binary32, rounded to nearest. */
  public static RandomArithmetic f32(long seed) {
    return new RandomArithmetic(F32_ROUNDOFF, seed);
  }

  @Override
  public double round(double value) {
    return value * (1 + unitRoundoff * uniform());
  }

  @Override
  public double function(double value, double ulps) {
    // An ulp is at most 2u of the number.
    return value * (1 + 2 * ulps * unitRoundoff * uniform());
  }

  @Override
  public double dot(double[] x, int xFrom, int xStep, double[] y, int yFrom, int yStep, int n) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double term = x[xFrom + i * xStep] * y[yFrom + i * yStep];
      sum += term;
      squares += term * term;
    }
    if (squares == 0) {
      return sum;
    }
    // The mean square of a partial sum, summed over the partial sums, and the products themselves.
    double partial = ((n + 1) / 6.0 - 1.0 / n) * squares + (n + 1) / 3.0 * sum * sum;
    double deviation = unitRoundoff * Math.sqrt((partial + squares) / 3);
    return sum + deviation * random.nextGaussian();
  }

  /** Between −1 and 1. */
  private double uniform() {
    return 2 * random.nextDouble() - 1;
  }
}

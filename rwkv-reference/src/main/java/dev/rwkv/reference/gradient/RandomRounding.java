package dev.rwkv.reference.gradient;

/**
 * Monte Carlo arithmetic (Parker, <em>Monte Carlo Arithmetic</em>, 1997): the result of every
 * operation is changed by a random relative error of at most u, and that of an elementary function
 * by at most as many ulps as it may be off. Running a computation with many seeds shows how an
 * implementation with unit roundoff u scatters, whatever its order of operations.
 *
 * <p>The error is a random <em>function of the result</em>, rounded to float: as in a real
 * implementation, what is computed twice is rounded twice in the same way, so that the errors of
 * equal tokens add up and do not cancel. A sum of n terms gets the error that one accumulator
 * gathers over all of them, on average over all orders of the terms: see docs/numerics.md, section
 * 8. Immutable and safe for any thread.
 */
public final class RandomRounding implements Rounding {
  private static final double F32_ROUNDOFF = 0x1p-24;
  // What SplitMix64 adds to its counter: the golden ratio.
  private static final long INCREMENT = 0x9e3779b97f4a7c15L;
  private static final int NORMAL_SUMMANDS = 6;

  private final double unitRoundoff;
  private final long seed;

  private RandomRounding(double unitRoundoff, long seed) {
    this.unitRoundoff = unitRoundoff;
    this.seed = mix(seed);
  }

  /** Binary32, rounded to nearest; another seed, other errors. */
  public static RandomRounding f32(long seed) {
    return new RandomRounding(F32_ROUNDOFF, seed);
  }

  @Override
  public double round(double value) {
    return value * (1 + unitRoundoff * uniform(mix(seed ^ bits(value))));
  }

  @Override
  public double function(double value, double ulps) {
    // An ulp is at most 2u of the number.
    return value * (1 + 2 * ulps * unitRoundoff * uniform(mix(~seed ^ bits(value))));
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
    // The mean squares of all partial sums, and the products themselves.
    double partial = ((n + 1) / 6.0 - 1.0 / n) * squares + (n + 1) / 3.0 * sum * sum;
    double deviation = unitRoundoff * Math.sqrt((partial + squares) / 3);
    return sum + deviation * normal(mix(mix(seed ^ bits(sum)) ^ bits(squares)));
  }

  private static long bits(double value) {
    return Float.floatToIntBits((float) value);
  }

  /** Between −1 and 1. */
  private static double uniform(long random) {
    return (random >> 10) * 0x1p-53;
  }

  /** Nearly normal, of deviation 1: a sum of numbers whose variance is 1/3 each. */
  private static double normal(long random) {
    double sum = 0;
    long next = random;
    for (int i = 0; i < NORMAL_SUMMANDS; i++) {
      next = mix(next);
      sum += uniform(next);
    }
    return sum / Math.sqrt(NORMAL_SUMMANDS / 3.0);
  }

  /** The finaliser of SplitMix64: spreads a number over all 64 bits. */
  private static long mix(long number) {
    long z = number + INCREMENT;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}

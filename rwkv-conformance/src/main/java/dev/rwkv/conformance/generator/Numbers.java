package dev.rwkv.conformance.generator;

import java.util.SplittableRandom;

/**
 * Random floats by their place: number (row, column) of a seed does not depend on how many rows and
 * columns there are, so that a case keeps its numbers when it shrinks.
 */
record Numbers(long seed) {

  /** Uniform in [−1, 1), as a float. */
  double uniform(int row, int column) {
    return (float) (2 * at(row, column).nextDouble() - 1);
  }

  /** Normal, as a float. */
  double normal(int row, int column) {
    return (float) at(row, column).nextGaussian();
  }

  /** The same numbers under another name. */
  Numbers named(String name) {
    return new Numbers(seed * 31 + name.hashCode());
  }

  private SplittableRandom at(int row, int column) {
    // Splitting mixes the seed, so that neighbours have nothing in common.
    return new SplittableRandom(seed + ((long) row << 32) + column).split();
  }
}

package dev.rwkv.cli.bench;

import java.util.Arrays;

/**
 * Several measurements of one thing.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param min the smallest
 * @param max the largest
 */
public record Spread(double median, double min, double max) {

  /**
   * The spread of these values; NaN throughout if one of them is, or there is none.
   *
   * @param values in any order
   */
  static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int last = sorted.length - 1;
    if (last < 0 || Double.isNaN(sorted[last])) { // sorting puts NaN last
      return new Spread(Double.NaN, Double.NaN, Double.NaN);
    }
    double median = sorted[last / 2] / 2 + sorted[(last + 1) / 2] / 2;
    return new Spread(median, sorted[0], sorted[last]);
  }

  /** The median alone. */
  static double median(double... values) {
    return of(values).median();
  }
}

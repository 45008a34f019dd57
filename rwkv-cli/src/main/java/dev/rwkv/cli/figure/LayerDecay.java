package dev.rwkv.cli.figure;

import java.util.Arrays;

/**
 * The time decay of one layer.
 *
 * @param factors e^w of every channel, by which one token multiplies the past, [C]; 0 forgets all,
 *     1 nothing
 */
public record LayerDecay(double[] factors) {

  /**
   * The decay of a layer.
   *
   * @param w the logarithms of the factors, not positive, [C]
   */
  public static LayerDecay of(double[] w) {
    return new LayerDecay(Arrays.stream(w).map(Math::exp).toArray());
  }

  /** The factors from the smallest to the largest, in a new array. */
  public double[] sorted() {
    double[] sorted = factors.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /** The middle one, or the mean of the two in the middle. */
  public double median() {
    double[] sorted = sorted();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The share of channels whose factor is larger. */
  public double shareAbove(double factor) {
    return Arrays.stream(factors).filter(f -> f > factor).count() / (double) factors.length;
  }

  /** After how many tokens a channel of this factor has forgotten half; infinite from 1 on. */
  public static double halfLife(double factor) {
    return factor < 1 ? Math.log(0.5) / Math.log(factor) : Double.POSITIVE_INFINITY;
  }
}

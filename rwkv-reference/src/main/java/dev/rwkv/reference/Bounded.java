package dev.rwkv.reference;

import java.util.Arrays;

/**
 * A vector of doubles, and for each element how far a candidate's may be from it.
 *
 * <p>An {@linkplain #exact exact} vector has errors of zero and does not store them. The arrays are
 * not copied: neither the caller nor the receiver changes them. Safe for any thread then.
 */
public final class Bounded {
  private static final double[] ZERO = {};

  private final double[] values;
  private final double[] errors;

  private Bounded(double[] values, double[] errors) {
    this.values = values;
    this.errors = errors;
  }

  /** Values that the candidate has exactly. */
  public static Bounded exact(double... values) {
    return new Bounded(values, ZERO);
  }

  /**
   * Values with their bounds.
   *
   * @param errors as many, each 0 or more, infinite where nothing is known
   * @throws IllegalArgumentException if the lengths differ
   */
  public static Bounded of(double[] values, double[] errors) {
    if (values.length != errors.length) {
      throw new IllegalArgumentException(
          errors.length + " errors for " + values.length + " values");
    }
    return new Bounded(values, errors);
  }

  /** The number of elements. */
  public int length() {
    return values.length;
  }

  /** The oracle's value of element {@code i}. */
  public double value(int i) {
    return values[i];
  }

  /** The bound on |candidate − oracle| of element {@code i}. */
  public double error(int i) {
    return errors.length == 0 ? 0 : errors[i];
  }

  /** The largest magnitude that the candidate's element {@code i} can have: |value| + error. */
  public double reach(int i) {
    return Math.abs(values[i]) + error(i);
  }

  /** All values, not copied. */
  public double[] values() {
    return values;
  }

  /** All errors, in a new array. */
  public double[] errors() {
    return errors.length == 0 ? new double[values.length] : errors.clone();
  }

  /**
   * How much of its bound a candidate uses: the largest |candidate − value| / error. Not above 1
   * means that every element is within its bound. NaN and infinities count as infinitely far,
   * unless the oracle has the same.
   *
   * @param candidate as many elements
   * @throws IllegalArgumentException if the lengths differ
   */
  public double utilisation(double[] candidate) {
    if (candidate.length != values.length) {
      throw new IllegalArgumentException(
          candidate.length + " elements to compare with " + values.length);
    }
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.compare(candidate[i], values[i]) != 0 && candidate[i] != values[i]) {
        double distance = Math.abs(candidate[i] - values[i]);
        double share = error(i) == 0 ? Double.POSITIVE_INFINITY : distance / error(i);
        worst = Math.max(worst, Double.isNaN(share) ? Double.POSITIVE_INFINITY : share);
      }
    }
    return worst;
  }

  @Override
  public String toString() {
    return Arrays.toString(values) + " ± " + Arrays.toString(errors());
  }
}

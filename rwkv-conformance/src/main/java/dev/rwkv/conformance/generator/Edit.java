package dev.rwkv.conformance.generator;

import dev.rwkv.tensor.TensorView;

/**
 * A change of one tensor of a random model, which prints as what it does.
 *
 * @param tensor its name
 * @param kind what is done to it
 * @param index the element, for {@link Kind#SET}
 * @param value the number
 */
public record Edit(String tensor, Kind kind, int index, double value) {

  /** What can be done. */
  public enum Kind {
    /** Every element becomes the value. */
    FILL,
    /** One element becomes the value. */
    SET,
    /** Every element is multiplied with the value. */
    SCALE
  }

  /** Every element becomes {@code value}. */
  public static Edit fill(String tensor, double value) {
    return new Edit(tensor, Kind.FILL, 0, value);
  }

  /** Element {@code index} becomes {@code value}. */
  public static Edit set(String tensor, int index, double value) {
    return new Edit(tensor, Kind.SET, index, value);
  }

  /** Every element is multiplied with {@code factor}. */
  public static Edit scale(String tensor, double factor) {
    return new Edit(tensor, Kind.SCALE, 0, factor);
  }

  double[] applyTo(TensorView original) {
    double[] values = original.toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (kind) {
            case FILL -> value;
            case SET -> i == index ? value : values[i];
            case SCALE -> values[i] * value;
          };
    }
    return values;
  }

  @Override
  public String toString() {
    return switch (kind) {
      case FILL -> tensor + " = " + value;
      case SET -> tensor + "[" + index + "] = " + value;
      case SCALE -> tensor + " *= " + value;
    };
  }
}

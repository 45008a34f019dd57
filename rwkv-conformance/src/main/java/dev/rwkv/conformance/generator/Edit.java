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
    SCALE,
    /**
     * Rows of a matrix that have nothing in common, by turns: columns that cancel, ±0, subnormal,
     * around the value, and as they are.
     */
    HARD_ROWS
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

  /** Rows by turns cancel, are ±0, subnormal, as large as {@code largest}, and as they are. */
  public static Edit hardRows(String tensor, double largest) {
    return new Edit(tensor, Kind.HARD_ROWS, 0, largest);
  }

  double[] applyTo(TensorView original) {
    double[] values = original.toDoubles();
    int columns = (int) original.shape().dim(original.shape().rank() - 1);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (kind) {
            case FILL -> value;
            case SET -> i == index ? value : values[i];
            case SCALE -> values[i] * value;
            case HARD_ROWS -> hard(i / columns, i % columns, values[i]);
          };
    }
    return values;
  }

  private double hard(int row, int column, double element) {
    int sign = column % 2 == 0 ? 1 : -1;
    return switch (row % 5) {
      case 0 -> sign * (1000 + element);
      case 1 -> sign * 0.0;
      case 2 -> 1e-41 * element;
      case 3 -> value * element;
      default -> element;
    };
  }

  @Override
  public String toString() {
    return switch (kind) {
      case FILL -> tensor + " = " + value;
      case SET -> tensor + "[" + index + "] = " + value;
      case SCALE -> tensor + " *= " + value;
      case HARD_ROWS -> tensor + " has hard rows up to " + value;
    };
  }
}

package dev.rwkv.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The sizes of a tensor's dimensions, outermost first; the last one varies fastest in memory.
 *
 * <p>Immutable. The number of elements always fits a {@code long}.
 */
public final class Shape {
  private final long[] dims;
  private final long elements;

  private Shape(long[] dims) {
    this.dims = dims;
    long product = 1;
    for (long dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("a dimension is negative: " + text(dims));
      }
      product = Math.min(product, dim); // 0 as soon as one is: nothing overflows then
    }
    for (long dim : dims) {
      try {
        product = Math.multiplyExact(product, dim);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "the number of elements does not fit 64 bits: " + text(dims), e);
      }
    }
    this.elements = product;
  }

  /**
   * A shape with these dimensions; none for a scalar.
   *
   * @throws IllegalArgumentException if a dimension is negative or the product overflows
   */
  public static Shape of(long... dims) {
    return new Shape(dims.clone());
  }

  /** The number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** The size of dimension {@code axis}, counted from the outermost. */
  public long dim(int axis) {
    return dims[axis];
  }

  /** The product of all dimensions. */
  public long elements() {
    return elements;
  }

  /** A copy of the dimensions. */
  public long[] toArray() {
    return dims.clone();
  }

  /** The same shape without its dimensions of size 1: {@code [1, 1, C]} becomes {@code [C]}. */
  public Shape squeeze() {
    return new Shape(LongStream.of(dims).filter(dim -> dim != 1).toArray());
  }

  /** Whether both name the same elements in the same order once dimensions of 1 are dropped. */
  public boolean sameSqueezed(Shape other) {
    return squeeze().equals(other.squeeze());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** For example {@code [50277, 768]}. */
  @Override
  public String toString() {
    return text(dims);
  }

  private static String text(long[] dims) {
    return LongStream.of(dims).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}

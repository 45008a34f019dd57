package dev.rwkv.reference.gradient;

/**
 * A matrix that takes part in a differentiated computation, and the derivative of the result by
 * each of its elements.
 *
 * <p>Row-major. A matrix of one row or one column stands for one that repeats it as often as the
 * other operand needs. A constant has no derivative.
 */
final class Variable {
  private static final double[] NONE = {};

  private final int rows;
  private final int columns;
  private final double[] values;
  private final boolean constant;
  private double[] adjoint = NONE;

  Variable(int rows, int columns, double[] values, boolean constant) {
    if (values.length != rows * columns) {
      throw new IllegalArgumentException(
          values.length + " values for " + rows + " rows of " + columns);
    }
    this.rows = rows;
    this.columns = columns;
    this.values = values;
    this.constant = constant;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Not copied. */
  double[] values() {
    return values;
  }

  boolean isConstant() {
    return constant;
  }

  /** The element in this place of the matrix that this one stands for. */
  double at(int row, int column) {
    return values[(rows == 1 ? 0 : row) * columns + (columns == 1 ? 0 : column)];
  }

  /** The only element. */
  double scalar() {
    return values[0];
  }

  /** Whether the result was found to depend on it. */
  boolean hasAdjoint() {
    return adjoint.length > 0;
  }

  /** The derivative of the result by each element, zero where it does not depend on it. */
  double[] adjoint() {
    if (!hasAdjoint()) {
      adjoint = new double[values.length];
    }
    return adjoint;
  }
}

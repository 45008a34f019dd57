package dev.rwkv.reference.gradient;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * The operations that the model's equations are written in, each with its derivative; g is the
 * derivative of the final result by an operation's result.
 *
 * <p>Operands of element-wise operations may have one row or one column where the other has more:
 * it is repeated then.
 */
final class Operations {
  // What good implementations of f32 functions reach; 4 roundings for 1/√, as the oracle's norms.
  private static final double EXP_ULPS = 1;
  private static final double LOG_ULPS = 1;
  private static final double SIGMOID_ULPS = 2.5;
  private static final double INVERSE_ROOT_ULPS = 2;

  private final Tape tape;
  private final Rounding rounding;

  /** The derivative of an element of a result by that of an operand, times g. */
  @FunctionalInterface
  private interface Slope {
    double times(double g, double x, double result);
  }

  /** The same with two operands. */
  @FunctionalInterface
  private interface Slope2 {
    double times(double g, double x, double y, double result);
  }

  Operations(Tape tape) {
    this.tape = tape;
    this.rounding = tape.rounding();
  }

  /** x + y. */
  Variable add(Variable x, Variable y) {
    return combine(x, y, Double::sum, (g, a, b, z) -> g, (g, a, b, z) -> g);
  }

  /** x − y. */
  Variable subtract(Variable x, Variable y) {
    return combine(x, y, (a, b) -> a - b, (g, a, b, z) -> g, (g, a, b, z) -> -g);
  }

  /** x ⊙ y. */
  Variable multiply(Variable x, Variable y) {
    return combine(
        x,
        y,
        (a, b) -> a * b,
        (g, a, b, z) -> rounding.round(g * b),
        (g, a, b, z) -> rounding.round(g * a));
  }

  /** x / y. */
  Variable divide(Variable x, Variable y) {
    return combine(
        x,
        y,
        (a, b) -> a / b,
        (g, a, b, z) -> rounding.round(g / b),
        (g, a, b, z) -> -rounding.round(rounding.round(g / b) * z));
  }

  /** x times a number, which is rounded when it is stored. */
  Variable scale(Variable x, double factor) {
    double c = rounding.round(factor);
    return map(x, a -> rounding.round(c * a), (g, a, y) -> rounding.round(c * g));
  }

  /** e^x. */
  Variable exp(Variable x) {
    return map(
        x, a -> rounding.function(Math.exp(a), EXP_ULPS), (g, a, y) -> rounding.round(g * y));
  }

  /** ln x. */
  Variable log(Variable x) {
    return map(
        x, a -> rounding.function(Math.log(a), LOG_ULPS), (g, a, y) -> rounding.round(g / a));
  }

  /** σ(x) = 1/(1 + e^{−x}). */
  Variable sigmoid(Variable x) {
    return map(
        x,
        a -> rounding.function(1 / (1 + Math.exp(-a)), SIGMOID_ULPS),
        (g, a, y) -> rounding.round(rounding.round(g * y) * rounding.round(1 - y)));
  }

  /** max(x, 0)². */
  Variable squaredRelu(Variable x) {
    return map(
        x,
        a -> rounding.round(Math.max(a, 0) * Math.max(a, 0)),
        (g, a, y) -> rounding.round(2 * Math.max(a, 0) * g));
  }

  /** x^{−1/2}. */
  Variable inverseRoot(Variable x) {
    return map(
        x,
        a -> rounding.function(1 / Math.sqrt(a), INVERSE_ROOT_ULPS),
        (g, a, y) -> -rounding.round(rounding.round(rounding.round(y * y) * y) * g) / 2);
  }

  /** A constant row of ones, rounded as numbers are that had to be computed. */
  Variable ones(int columns) {
    double[] values = new double[columns];
    Arrays.setAll(values, i -> rounding.round(1));
    return Tape.constant(1, columns, values);
  }

  /** The larger of x and y, as a constant. */
  Variable constantMaximum(Variable x, Variable y) {
    int rows = Math.max(x.rows(), y.rows());
    int columns = Math.max(x.columns(), y.columns());
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(x.at(i / columns, i % columns), y.at(i / columns, i % columns));
    }
    return Tape.constant(rows, columns, values);
  }

  /** The sum of each row: [n, m] becomes [n, 1]. */
  Variable rowSums(Variable x) {
    double[] values = new double[x.rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tape.sum(x.values(), i * x.columns(), 1, x.columns());
    }
    return tape.record(
        x.rows(),
        1,
        values,
        g -> {
          double[] spread = new double[x.values().length];
          for (int i = 0; i < spread.length; i++) {
            spread[i] = g[i / x.columns()];
          }
          tape.accumulate(x, x.rows(), x.columns(), spread);
        },
        x);
  }

  /** The sum of all elements: [1, 1]. */
  Variable sum(Variable x) {
    return tape.record(
        1,
        1,
        new double[] {tape.sum(x.values(), 0, 1, x.values().length)},
        g -> {
          double[] spread = new double[x.values().length];
          Arrays.fill(spread, g[0]);
          tape.accumulate(x, x.rows(), x.columns(), spread);
        },
        x);
  }

  /** The rows of x, [n, c], each multiplied by a matrix, [m, c]: x·matrixᵀ, [n, m]. */
  Variable product(Variable x, Variable matrix) {
    int n = x.rows();
    int m = matrix.rows();
    int c = matrix.columns();
    double[] a = x.values();
    double[] b = matrix.values();
    double[] values = new double[n * m];
    for (int i = 0; i < values.length; i++) {
      values[i] = rounding.dot(a, i / m * c, 1, b, i % m * c, 1, c);
    }
    return tape.record(
        n,
        m,
        values,
        g -> {
          if (!x.isConstant()) {
            double[] byX = new double[n * c];
            for (int i = 0; i < byX.length; i++) {
              byX[i] = rounding.dot(g, i / c * m, 1, b, i % c, c, m);
            }
            tape.accumulate(x, n, c, byX);
          }
          if (!matrix.isConstant()) {
            double[] byMatrix = new double[m * c];
            for (int i = 0; i < byMatrix.length; i++) {
              byMatrix[i] = rounding.dot(g, i / c, m, a, i % c, c, n);
            }
            tape.accumulate(matrix, m, c, byMatrix);
          }
        },
        x,
        matrix);
  }

  /** Some rows of x, in this order; a row may be taken more than once. */
  Variable rows(Variable x, int... indices) {
    int c = x.columns();
    double[] values = new double[indices.length * c];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(x.values(), indices[i] * c, values, i * c, c);
    }
    return tape.record(
        indices.length,
        c,
        values,
        g -> {
          for (int i = 0; i < g.length; i++) {
            tape.add(x.adjoint(), indices[i / c] * c + i % c, g[i]);
          }
        },
        x);
  }

  /** One element of each row of x: [n, m] becomes [n, 1]. */
  Variable elements(Variable x, int... columns) {
    double[] values = new double[columns.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.at(i, columns[i]);
    }
    return tape.record(
        columns.length,
        1,
        values,
        g -> {
          for (int i = 0; i < g.length; i++) {
            tape.add(x.adjoint(), i * x.columns() + columns[i], g[i]);
          }
        },
        x);
  }

  /** The rows of one matrix after those of another, of as many columns each. */
  Variable stack(Variable... parts) {
    int columns = parts[0].columns();
    int rows = Arrays.stream(parts).mapToInt(Variable::rows).sum();
    double[] values = new double[rows * columns];
    int at = 0;
    for (Variable part : parts) {
      System.arraycopy(part.values(), 0, values, at, part.values().length);
      at += part.values().length;
    }
    return tape.record(
        rows,
        columns,
        values,
        g -> {
          int from = 0;
          for (Variable part : parts) {
            int to = from + part.values().length;
            tape.accumulate(part, part.rows(), columns, Arrays.copyOfRange(g, from, to));
            from = to;
          }
        },
        parts);
  }

  private Variable map(Variable x, DoubleUnaryOperator f, Slope slope) {
    double[] values = Arrays.stream(x.values()).map(f).toArray();
    return tape.record(
        x.rows(),
        x.columns(),
        values,
        g -> {
          double[] byX = new double[g.length];
          for (int i = 0; i < g.length; i++) {
            byX[i] = slope.times(g[i], x.values()[i], values[i]);
          }
          tape.accumulate(x, x.rows(), x.columns(), byX);
        },
        x);
  }

  private Variable combine(
      Variable x, Variable y, DoubleBinaryOperator f, Slope2 slopeX, Slope2 slopeY) {
    int rows = Math.max(x.rows(), y.rows());
    int columns = Math.max(x.columns(), y.columns());
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      int column = i % columns;
      values[i] = rounding.round(f.applyAsDouble(x.at(row, column), y.at(row, column)));
    }
    return tape.record(
        rows,
        columns,
        values,
        g -> {
          pullBack(x, slopeX, x, y, g, values, columns);
          pullBack(y, slopeY, x, y, g, values, columns);
        },
        x,
        y);
  }

  private void pullBack(
      Variable operand,
      Slope2 slope,
      Variable x,
      Variable y,
      double[] g,
      double[] values,
      int columns) {
    if (operand.isConstant()) {
      return;
    }
    double[] contribution = new double[g.length];
    for (int i = 0; i < g.length; i++) {
      int row = i / columns;
      int column = i % columns;
      contribution[i] = slope.times(g[i], x.at(row, column), y.at(row, column), values[i]);
    }
    tape.accumulate(operand, g.length / columns, columns, contribution);
  }
}

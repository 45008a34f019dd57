package dev.rwkv.reference.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reverse-mode differentiation: every operation that is computed is written down together with what
 * its derivative does, and {@link #differentiate} reads the list backwards (Griewank and Walther,
 * <em>Evaluating Derivatives</em>, section 3.2).
 *
 * <p>It knows nothing of any model. Memory grows with the number of operations. One computation,
 * one thread.
 */
final class Tape {
  private final Rounding rounding;
  private final List<Runnable> backward = new ArrayList<>();

  Tape(Rounding rounding) {
    this.rounding = rounding;
  }

  Rounding rounding() {
    return rounding;
  }

  /** Something whose derivative is wanted. */
  static Variable parameter(int rows, int columns, double[] values) {
    return new Variable(rows, columns, values, false);
  }

  /** Something that has no derivative. */
  static Variable constant(int rows, int columns, double[] values) {
    return new Variable(rows, columns, values, true);
  }

  /**
   * The result of an operation.
   *
   * @param pullBack given the derivative by the result, {@linkplain #accumulate adds} to that by
   *     the operands; not called for operands that are all constant
   */
  Variable record(
      int rows, int columns, double[] values, Consumer<double[]> pullBack, Variable... operands) {
    boolean constant = Arrays.stream(operands).allMatch(Variable::isConstant);
    Variable result = new Variable(rows, columns, values, constant);
    if (!constant) {
      backward.add(() -> {
        if (result.hasAdjoint()) {
          pullBack.accept(result.adjoint());
        }
      });
    }
    return result;
  }

  /**
   * Adds to the derivative by an operand.
   *
   * @param rows of the contribution: where the operand repeats its only row, their sum counts
   * @param columns likewise
   */
  void accumulate(Variable operand, int rows, int columns, double[] contribution) {
    if (operand.isConstant()) {
      return;
    }
    double[] summed = contribution;
    int height = rows;
    if (operand.rows() == 1 && rows > 1) {
      summed = new double[columns];
      for (int j = 0; j < columns; j++) {
        summed[j] = sum(contribution, j, columns, rows);
      }
      height = 1;
    }
    if (operand.columns() == 1 && columns > 1) {
      double[] wide = summed;
      summed = new double[height];
      for (int i = 0; i < height; i++) {
        summed[i] = sum(wide, i * columns, 1, columns);
      }
    }
    double[] adjoint = operand.adjoint();
    for (int i = 0; i < adjoint.length; i++) {
      add(adjoint, i, summed[i]);
    }
  }

  /** Adds to one element of a derivative. */
  void add(double[] adjoint, int index, double contribution) {
    // The first summand is not rounded: it is added to nothing.
    adjoint[index] =
        adjoint[index] == 0 ? contribution : rounding.round(adjoint[index] + contribution);
  }

  /** The sum of n elements of an array that stand {@code step} apart. */
  double sum(double[] x, int from, int step, int n) {
    return rounding.dot(x, from, step, new double[] {1}, 0, 0, n);
  }

  /** Finds the derivative of a scalar by everything that it was computed from. */
  void differentiate(Variable result) {
    result.adjoint()[0] = 1;
    for (Runnable step : backward.reversed()) {
      step.run();
    }
  }
}

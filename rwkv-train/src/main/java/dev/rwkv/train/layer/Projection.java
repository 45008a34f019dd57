package dev.rwkv.train.layer;

import dev.rwkv.train.Parameters;

/** A matrix and the token shift before it: y_t = W (μ ⊙ x_t + (1 − μ) ⊙ x_{t−1}). */
final class Projection {
  private final Scratch scratch;
  private final Shift shift;
  private final Linear linear;

  Projection(Workspace workspace, Scratch scratch, String mix, String matrix, int outs) {
    this.scratch = scratch;
    this.shift = new Shift(workspace, mix);
    this.linear = new Linear(workspace, matrix, outs, workspace.config().width());
  }

  void take(Parameters weights, boolean alsoBackward) {
    shift.take(weights);
    linear.take(weights, alsoBackward);
  }

  /** Computes y. */
  void forward(Rows x, StartState start, Rows y) {
    shift.forward(x, start.shift(), scratch.mixed);
    linear.forward(scratch.mixed, y);
  }

  /**
   * Back from dy: the derivatives by x are added to dx, those by what texts start from to the start
   * state.
   */
  void backward(Rows x, StartState start, Rows dy, Rows dx, Parameters gradients) {
    shift.forward(x, start.shift(), scratch.mixed);
    linear.gradient(dy, scratch.mixed, gradients);
    linear.backward(dy, scratch.mixed);
    shift.backward(x, start.shift(), scratch.mixed, dx, start.dshift(), gradients);
  }
}

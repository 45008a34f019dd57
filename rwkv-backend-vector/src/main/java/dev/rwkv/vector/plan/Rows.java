package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.GateKernel;
import dev.rwkv.vector.kernel.LayerNormKernel;
import dev.rwkv.vector.kernel.TileInputs;
import dev.rwkv.vector.kernel.TokenShiftKernel;

/** The tokens of the pass that is running: which text each belongs to, and their buffers. */
final class Rows {
  private static final float[] NO_STATE = {};
  private static final float[][] NO_STATES = {};

  private final ModelPlan plan;
  private final Activations buffers;
  private final float[][] oneState = {NO_STATE};
  private float[][] states = NO_STATES;
  private boolean oneText;
  private int first;
  private int count;

  Rows(ModelPlan plan) {
    this.plan = plan;
    this.buffers = new Activations(plan);
  }

  void ofOneText(float[] state, int firstToken, int rows) {
    oneState[0] = state;
    states = oneState;
    oneText = true;
    first = firstToken;
    count = rows;
    buffers.reserve(rows);
  }

  void ofManyTexts(float[][] allStates, int from, int rows) {
    states = allStates;
    oneText = false;
    first = from;
    count = rows;
    buffers.reserve(rows);
  }

  /** Keeps no session alive after the pass. */
  void forget() {
    oneState[0] = NO_STATE;
    states = NO_STATES;
  }

  int count() {
    return count;
  }

  int firstToken() {
    return first;
  }

  Activations buffers() {
    return buffers;
  }

  /** How many texts there are. */
  int texts() {
    return oneText ? 1 : count;
  }

  /** The rows of a text. */
  int rowsOfText() {
    return oneText ? count : 1;
  }

  /** The state of a text. */
  float[] state(int text) {
    return oneText ? states[0] : states[first + text];
  }

  /** Normalised inputs: the worker's own when there is one row, shared otherwise. */
  Activations.Inputs inputs(Worker worker) {
    return count == 1 ? worker.inputs : buffers.inputs;
  }

  int firstRow(Worker worker) {
    return count == 1 ? 0 : worker.from(count);
  }

  int endRow(Worker worker) {
    return count == 1 ? 1 : worker.to(count);
  }

  /** Normalises this worker's rows, and the row before them where it belongs to the same text. */
  void normalise(Worker worker, LayerPlan.Norm norm) {
    int from = firstRow(worker);
    int to = endRow(worker);
    if (from == to) {
      return;
    }
    float[] normed = inputs(worker).normed;
    for (int row = from; row < to; row++) {
      normalise(norm, row, normed, row * buffers.stride);
    }
    if (oneText && from > 0) {
      normalise(norm, from - 1, worker.previous, 0);
    }
  }

  private void normalise(LayerPlan.Norm norm, int row, float[] y, int yAt) {
    LayerNormKernel kernel = plan.kernels().layerNorm();
    kernel.normalise(
        buffers.residual,
        row * buffers.stride,
        norm.gain(),
        norm.bias(),
        plan.config().width(),
        plan.config().layerNormEpsilon(),
        y,
        yAt);
  }

  /** Mixes this worker's normalised rows with those of the previous tokens. */
  void shift(Worker worker, int shiftInState, float[] mix, ProductInput mixed) {
    TokenShiftKernel kernel = plan.kernels().tokenShift();
    float[] normed = inputs(worker).normed;
    int width = plan.paddedWidth();
    int from = firstRow(worker);
    float[] result = count == 1 ? mixed.row : worker.row;
    for (int row = from; row < endRow(worker); row++) {
      int at = row * buffers.stride;
      if (!oneText || row == 0) {
        kernel.shift(normed, at, state(row), shiftInState, mix, width, result, 0);
      } else if (row == from) {
        kernel.shift(normed, at, worker.previous, 0, mix, width, result, 0);
      } else {
        kernel.shift(normed, at, normed, at - buffers.stride, mix, width, result, 0);
      }
      if (count > 1) {
        mixed.rows.put(row, result, 0, 0, width);
      }
    }
  }

  /** Leaves the last normalised row of every text in its state. No worker may still read it. */
  void keepShift(Worker worker, int shiftInState) {
    float[] normed = inputs(worker).normed;
    for (int text = worker.number; text < texts(); text += worker.teamSize()) {
      int row = oneText ? count - 1 : text;
      System.arraycopy(normed, row * buffers.stride, state(text), shiftInState, plan.paddedWidth());
    }
  }

  /**
   * Puts columns {@code [from, to)} of rows {@code [firstRow, endRow)} in the order of tiles, where
   * there are several.
   */
  void arrange(
      float[] x, int xStride, int firstRow, int endRow, int from, int to, TileInputs arranged) {
    if (count > 1) {
      for (int row = firstRow; row < endRow; row++) {
        arranged.put(row, x, row * xStride, from, to);
      }
    }
  }

  /** What a worker has taken of a matrix times rows. */
  void multiply(
      Worker worker, Share share, PanelMatrix matrix, ProductInput x, float[] y, int yStride) {
    multiply(worker, share, matrix, x.row, x.rows, y, yStride);
  }

  /**
   * What a worker has taken of a matrix times rows.
   *
   * @param row the only one
   * @param several all of them where there are several
   */
  void multiply(
      Worker worker,
      Share share,
      PanelMatrix matrix,
      float[] row,
      TileInputs several,
      float[] y,
      int yStride) {
    if (count == 1) {
      matrix.multiply(share.firstPanel(0), share.endPanel(0), row, y, worker.product);
    } else {
      matrix.multiply(share, several, y, yStride, worker.product);
    }
  }

  /** The gates and residual connections. */
  GateKernel gate() {
    return plan.kernels().gate();
  }
}

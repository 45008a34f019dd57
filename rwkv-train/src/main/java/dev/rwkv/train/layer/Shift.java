package dev.rwkv.train.layer;

import dev.rwkv.train.Parameters;
import dev.rwkv.vector.kernel.TokenShiftGradientKernel;
import dev.rwkv.vector.kernel.TokenShiftKernel;

/** Token shift with one mixing vector μ (paper eq. 11–15). */
final class Shift {
  private final Workspace workspace;
  private final String name;
  private final int padded;
  private final float[] mix;
  private final float[] zeros;
  private final VectorSums mixes;

  Shift(Workspace workspace, String name) {
    this.workspace = workspace;
    this.name = name;
    this.padded = workspace.padded(workspace.config().width());
    this.mix = new float[padded];
    this.zeros = new float[padded];
    this.mixes = new VectorSums(padded);
  }

  void take(Parameters weights) {
    float[] from = weights.values(name);
    System.arraycopy(from, 0, mix, 0, from.length);
  }

  /**
   * y_t = μ ⊙ x_t + (1 − μ) ⊙ x_{t−1}.
   *
   * @param before what every text's first token finds, padded C
   */
  void forward(Rows x, float[] before, Rows y) {
    TokenShiftKernel kernel = workspace.kernels().tokenShift();
    workspace.eachRow(row -> {
      boolean first = workspace.isFirst(row);
      kernel.shift(
          x.values(),
          x.at(row),
          first ? before : x.values(),
          first ? 0 : x.at(row - 1),
          mix,
          padded,
          y.values(),
          y.at(row));
    });
  }

  /**
   * dx += the derivatives by x; those by {@code before} are added to {@code dbefore}.
   *
   * @param gradients receives dμ
   */
  void backward(Rows x, float[] before, Rows dy, Rows dx, float[] dbefore, Parameters gradients) {
    TokenShiftGradientKernel kernel = workspace.gradientKernels().tokenShift();
    mixes.clear(workspace.blocks());
    workspace.eachBlock((block, from, to) -> {
      for (int row = from; row < to; row++) {
        boolean first = workspace.isFirst(row);
        boolean last = workspace.isLast(row);
        kernel.input(
            dy.values(),
            dy.at(row),
            last ? zeros : dy.values(),
            last ? 0 : dy.at(row + 1),
            mix,
            padded,
            dx.values(),
            dx.at(row));
        kernel.mix(
            dy.values(),
            dy.at(row),
            x.values(),
            x.at(row),
            first ? before : x.values(),
            first ? 0 : x.at(row - 1),
            padded,
            mixes.parts(),
            mixes.at(block));
      }
    });
    for (int text = 0; text < workspace.texts(); text++) {
      int row = text * workspace.length();
      kernel.input(zeros, 0, dy.values(), dy.at(row), mix, padded, dbefore, 0);
    }
    mixes.total(0, gradients.values(name));
  }
}

package dev.rwkv.train.layer;

import dev.rwkv.train.Parameters;
import dev.rwkv.vector.kernel.LayerNormGradientKernel;
import dev.rwkv.vector.kernel.LayerNormKernel;

/** Layer norm of every row. */
final class Norm {
  private final Workspace workspace;
  private final String name;
  private final float[] gain;
  private final float[] bias;
  private final VectorSums gains;
  private final VectorSums biases;

  Norm(Workspace workspace, String name) {
    this.workspace = workspace;
    this.name = name;
    int padded = workspace.padded(workspace.config().width());
    this.gain = new float[padded];
    this.bias = new float[padded];
    this.gains = new VectorSums(padded);
    this.biases = new VectorSums(padded);
  }

  void take(Parameters weights) {
    copy(weights.values(name + ".weight"), gain);
    copy(weights.values(name + ".bias"), bias);
  }

  private static void copy(float[] from, float[] to) {
    System.arraycopy(from, 0, to, 0, from.length);
  }

  void forward(Rows x, Rows y) {
    LayerNormKernel kernel = workspace.kernels().layerNorm();
    int width = workspace.config().width();
    double epsilon = workspace.config().layerNormEpsilon();
    workspace.eachRow(row ->
        kernel.normalise(x.values(), x.at(row), gain, bias, width, epsilon, y.values(), y.at(row)));
  }

  /** dx += the derivatives by x. */
  void backward(Rows x, Rows dy, Rows dx, Parameters gradients) {
    LayerNormKernel statistics = workspace.kernels().layerNorm();
    LayerNormGradientKernel kernel = workspace.gradientKernels().layerNorm();
    int width = workspace.config().width();
    double epsilon = workspace.config().layerNormEpsilon();
    gains.clear(workspace.blocks());
    biases.clear(workspace.blocks());
    workspace.eachBlock((block, from, to) -> {
      float[] partial = new float[16];
      for (int row = from; row < to; row++) {
        float mean = statistics.mean(x.values(), x.at(row), width, partial, 0);
        float scale = statistics.scale(x.values(), x.at(row), width, mean, epsilon, partial, 0);
        kernel.backward(
            x.values(),
            x.at(row),
            dy.values(),
            dy.at(row),
            gain,
            width,
            mean,
            scale,
            dx.values(),
            dx.at(row),
            gains.parts(),
            biases.parts(),
            gains.at(block),
            partial);
      }
    });
    gains.total(0, gradients.values(name + ".weight"));
    biases.total(0, gradients.values(name + ".bias"));
  }
}

package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.train.layer.BlockPass;
import dev.rwkv.vector.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** The parallel form of RWKV-4, forwards and backwards. */
final class Rwkv4Gradients implements GradientModel {
  private final ModelConfig config;
  private final BlockPass pass;
  private @Nullable Parameters unwanted;

  Rwkv4Gradients(ModelConfig config, int threads) {
    this(config, threads, Kernels.preferred());
  }

  Rwkv4Gradients(ModelConfig config, int threads, Kernels kernels) {
    if (!config.architecture().equals(Rwkv4.INSTANCE.name())) {
      throw new InvalidArgumentException(
          "architecture",
          "'" + config.architecture() + "' cannot be trained: only " + Rwkv4.INSTANCE.name());
    }
    if (threads < 1) {
      throw new InvalidArgumentException("threads", threads + ": there must be at least one");
    }
    this.config = config;
    this.pass = new BlockPass(config, kernels, threads);
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public double loss(Parameters weights, Batch batch) {
    check(weights.config(), batch);
    return pass.forward(weights, null, batch, Regularisation.NONE, false);
  }

  @Override
  public double gradients(
      Parameters weights, Batch batch, Regularisation regularisation, Parameters gradients) {
    check(weights.config(), batch);
    check(gradients.config(), batch);
    double loss = pass.forward(weights, null, batch, regularisation, true);
    pass.backward(batch, gradients);
    return loss;
  }

  @Override
  public double stateLoss(Parameters weights, InitialState state, Batch batch) {
    check(weights.config(), batch);
    check(state.config(), batch);
    return pass.forward(weights, state, batch, Regularisation.NONE, false);
  }

  @Override
  public double stateGradients(
      Parameters weights, InitialState state, Batch batch, InitialState gradients) {
    check(weights.config(), batch);
    check(state.config(), batch);
    check(gradients.config(), batch);
    if (unwanted == null) {
      unwanted = new Parameters(config);
    }
    double loss = pass.forward(weights, state, batch, Regularisation.NONE, true);
    pass.backward(batch, unwanted);
    pass.startGradients(gradients);
    return loss;
  }

  private void check(ModelConfig other, Batch batch) {
    if (!other.equals(config)) {
      throw new InvalidArgumentException(
          "weights", "are those of a " + other + ", but this is for a " + config);
    }
    check("token", batch.tokens());
    check("target", batch.targets());
  }

  private void check(String what, int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= config.vocabulary()) {
        throw new InvalidArgumentException(
            "batch",
            what
                + " "
                + i
                + " is "
                + ids[i]
                + ": the vocabulary has ids 0 to "
                + (config.vocabulary() - 1));
      }
    }
  }

  @Override
  public void close() {
    pass.close();
  }
}

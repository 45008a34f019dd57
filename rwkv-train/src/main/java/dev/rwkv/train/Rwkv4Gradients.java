package dev.rwkv.train;

import dev.rwkv.ModelConfig;

/** The parallel form of RWKV-4, forwards and backwards. */
final class Rwkv4Gradients implements GradientModel {
  private final ModelConfig config;

  Rwkv4Gradients(ModelConfig config, int threads) {
    this.config = config;
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public double loss(Parameters weights, Batch batch) {
    throw new UnsupportedOperationException("soon");
  }

  @Override
  public double gradients(
      Parameters weights, Batch batch, Regularisation regularisation, Parameters gradients) {
    throw new UnsupportedOperationException("soon");
  }

  @Override
  public double stateGradients(
      Parameters weights, InitialState state, Batch batch, InitialState gradients) {
    throw new UnsupportedOperationException("soon");
  }

  @Override
  public void close() {
    // Nothing yet.
  }
}

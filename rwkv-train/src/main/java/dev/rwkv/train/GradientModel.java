package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import dev.rwkv.error.InvalidArgumentException;

/**
 * Loss and gradients of one architecture over a batch, in the parallel form.
 *
 * <p>Every text starts from the empty state. Weights are not changed; the caller owns them, the
 * batch and the gradients. Memory is reused from call to call and grows linearly with B·T. The
 * results depend on the arguments alone, not on the number of threads. One call at a time.
 */
public interface GradientModel extends AutoCloseable {

  /**
   * For models of this shape.
   *
   * @param threads how many to use, at least 1
   * @throws InvalidArgumentException if the architecture cannot be trained
   */
  static GradientModel of(ModelConfig config, int threads) {
    return new Rwkv4Gradients(config, threads);
  }

  /** The shape of the models. */
  ModelConfig config();

  /**
   * The mean cross entropy of the targets.
   *
   * @return nats per token; not finite when the weights are not, or are too large
   * @throws InvalidArgumentException if a token or target is not in the vocabulary, or the weights
   *     are of another shape
   */
  double loss(Parameters weights, Batch batch);

  /**
   * The mean cross entropy of the targets, and its derivative by every weight.
   *
   * @param gradients is overwritten
   * @return nats per token, without what L2Wrap adds
   * @throws InvalidArgumentException as {@link #loss}
   */
  double gradients(
      Parameters weights, Batch batch, Regularisation regularisation, Parameters gradients);

  /**
   * The mean cross entropy of the targets when every text starts from a given state.
   *
   * @return nats per token
   * @throws InvalidArgumentException as {@link #loss}
   */
  double stateLoss(Parameters weights, InitialState state, Batch batch);

  /**
   * The mean cross entropy of the targets when every text starts from a given state, and its
   * derivative by that state. The weights are taken as they are.
   *
   * @param gradients is overwritten
   * @return nats per token
   * @throws InvalidArgumentException as {@link #loss}
   */
  double stateGradients(
      Parameters weights, InitialState state, Batch batch, InitialState gradients);

  @Override
  void close();
}

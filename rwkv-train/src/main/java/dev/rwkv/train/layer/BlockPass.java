package dev.rwkv.train.layer;

import dev.rwkv.ModelConfig;
import dev.rwkv.train.Batch;
import dev.rwkv.train.InitialState;
import dev.rwkv.train.Parameters;
import dev.rwkv.train.Regularisation;
import dev.rwkv.vector.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A batch on its way through all blocks of an RWKV-4 model, and back. */
public final class BlockPass implements AutoCloseable {
  private final Workspace workspace;
  private final Scratch scratch;
  private final Embedding embedding;
  private final List<TimeMix> timeMixes = new ArrayList<>();
  private final List<ChannelMix> channelMixes = new ArrayList<>();
  private final Head head;
  // The residual stream before each half of each block, and behind the last.
  private final List<Rows> residuals = new ArrayList<>();
  private final Rows dx;

  /** For models of this shape. */
  public BlockPass(ModelConfig config, Kernels kernels, int threads) {
    this.workspace = new Workspace(config, kernels, threads);
    this.scratch = new Scratch(workspace);
    this.embedding = new Embedding(workspace);
    this.head = new Head(workspace);
    this.dx = workspace.rows(config.width());
    residuals.add(workspace.rows(config.width()));
    for (int layer = 0; layer < config.layers(); layer++) {
      timeMixes.add(new TimeMix(workspace, scratch, layer));
      residuals.add(workspace.rows(config.width()));
      channelMixes.add(new ChannelMix(workspace, scratch, layer));
      residuals.add(workspace.rows(config.width()));
    }
  }

  /**
   * Computes the loss, and keeps what the way back needs.
   *
   * @param start what every text starts from; null for nothing
   * @param alsoBackward whether {@link #backward} will be called
   * @return nats per token
   */
  public double forward(
      Parameters weights,
      @Nullable InitialState start,
      Batch batch,
      Regularisation regularisation,
      boolean alsoBackward) {
    workspace.resize(batch.texts(), batch.length());
    embedding.take(weights, regularisation);
    head.take(weights, alsoBackward);
    embedding.forward(batch.tokens(), residuals.getFirst());
    for (int layer = 0; layer < timeMixes.size(); layer++) {
      TimeMix timeMix = timeMixes.get(layer);
      ChannelMix channelMix = channelMixes.get(layer);
      timeMix.take(weights, regularisation, alsoBackward);
      channelMix.take(weights, regularisation, alsoBackward);
      if (start == null) {
        timeMix.startEmpty();
        channelMix.startEmpty();
      } else {
        timeMix.startFrom(start.layer(layer));
        channelMix.startFrom(start.layer(layer));
      }
      timeMix.forward(residuals.get(2 * layer), residuals.get(2 * layer + 1));
      channelMix.forward(residuals.get(2 * layer + 1), residuals.get(2 * layer + 2));
    }
    return head.forward(residuals.getLast(), batch.targets(), regularisation.l2Wrap());
  }

  /** Computes the derivatives of the loss of the last {@link #forward} by every weight. */
  public void backward(Batch batch, Parameters gradients) {
    head.backward(residuals.getLast(), dx, scratch, gradients);
    for (int layer = timeMixes.size() - 1; layer >= 0; layer--) {
      channelMixes.get(layer).backward(residuals.get(2 * layer + 1), dx, gradients);
      timeMixes.get(layer).backward(residuals.get(2 * layer), dx, gradients);
    }
    embedding.backward(batch.tokens(), dx, scratch, gradients);
  }

  /** Hands out the derivatives by the state that texts started from. */
  public void startGradients(InitialState gradients) {
    for (int layer = 0; layer < timeMixes.size(); layer++) {
      timeMixes.get(layer).startGradients(gradients.layer(layer));
      channelMixes.get(layer).startGradients(gradients.layer(layer));
    }
  }

  @Override
  public void close() {
    workspace.close();
  }
}

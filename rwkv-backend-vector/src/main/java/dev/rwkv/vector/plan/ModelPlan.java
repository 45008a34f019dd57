package dev.rwkv.vector.plan;

import dev.rwkv.ModelConfig;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import dev.rwkv.vector.kernel.Kernels;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The weights of a model as the kernels want them. Immutable; memory outside the heap until closed.
 *
 * @param embedding emb.weight as stored, [V, C]: one row a token is read
 * @param embeddingNorm ln0
 * @param outputNorm ln_out
 * @param head [V, C]
 * @param precision the type that the matrices of the blocks are held in
 * @param memory what the panels live in
 */
public record ModelPlan(
    ModelConfig config,
    Kernels kernels,
    TensorView embedding,
    LayerPlan.Norm embeddingNorm,
    List<LayerPlan> layers,
    LayerPlan.Norm outputNorm,
    PanelMatrix head,
    DType precision,
    Arena memory)
    implements AutoCloseable {

  /** C, rounded up to whole panels. */
  public int paddedWidth() {
    return padded(config.width());
  }

  /** V, rounded up to whole panels: what a buffer of logits has room for. */
  public int paddedVocabulary() {
    return padded(config.vocabulary());
  }

  /** F, rounded up to whole panels. */
  int paddedFeedForward() {
    return padded(config.feedForwardWidth());
  }

  private int padded(int size) {
    int rows = kernels.panelRows();
    return (size + rows - 1) / rows * rows;
  }

  /** Bytes of weights that a token reads, all zeros of channel-mix included. */
  public long bytesPerToken() {
    long bytes = head.bytes();
    for (LayerPlan layer : layers) {
      LayerPlan.TimeMix t = layer.timeMix();
      LayerPlan.ChannelMix c = layer.channelMix();
      bytes += t.key().bytes() + t.value().bytes() + t.receptance().bytes() + t.output().bytes();
      bytes += c.key().bytes() + c.receptance().bytes() + c.value().bytes();
    }
    return bytes;
  }

  /** The part of {@link #bytesPerToken} that zeros of channel-mix make superfluous. */
  public long skippableBytesPerToken() {
    return layers.stream().mapToLong(layer -> layer.channelMix().value().bytes()).sum();
  }

  @Override
  public void close() {
    memory.close();
  }
}

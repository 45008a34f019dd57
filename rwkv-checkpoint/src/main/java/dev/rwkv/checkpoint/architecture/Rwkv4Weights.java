package dev.rwkv.checkpoint.architecture;

import dev.rwkv.ModelConfig;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.TensorView;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The checked weights of an RWKV-4 model, by what they are for. Views of the checkpoint: nothing is
 * copied but the decays.
 *
 * @param config the sizes L, C, F, V
 * @param embedding emb.weight, [V, C]
 * @param embeddingNorm ln0, applied once to the embedding of a token
 * @param layers L blocks
 * @param outputNorm ln_out
 * @param head head.weight, [V, C]
 */
public record Rwkv4Weights(
    ModelConfig config,
    TensorView embedding,
    Norm embeddingNorm,
    List<Layer> layers,
    Norm outputNorm,
    TensorView head) {

  /**
   * A layer norm.
   *
   * @param weight gain, [C]
   * @param bias [C]
   */
  public record Norm(TensorView weight, TensorView bias) {}

  /**
   * One block.
   *
   * @param timeMixNorm ln1
   * @param timeMix attention's successor
   * @param channelMixNorm ln2
   * @param channelMix the feed-forward part
   */
  public record Layer(
      Norm timeMixNorm, TimeMix timeMix, Norm channelMixNorm, ChannelMix channelMix) {}

  /**
   * Weights of time-mix (paper eq. 11–13, 16, 17).
   *
   * @param mixKey μ_k, [C]
   * @param mixValue μ_v, [C]
   * @param mixReceptance μ_r, [C]
   * @param decay w, [C]: the logarithm of the factor per token, negative; see {@link Rwkv4}
   * @param bonus u, [C]
   * @param key W_k, [C, C]
   * @param value W_v, [C, C]
   * @param receptance W_r, [C, C]
   * @param output W_o, [C, C]
   */
  public record TimeMix(
      TensorView mixKey,
      TensorView mixValue,
      TensorView mixReceptance,
      double[] decay,
      TensorView bonus,
      TensorView key,
      TensorView value,
      TensorView receptance,
      TensorView output) {}

  /**
   * Weights of channel-mix (paper eq. 14, 15, 18).
   *
   * @param mixKey μ'_k, [C]
   * @param mixReceptance μ'_r, [C]
   * @param key W'_k, [F, C]
   * @param receptance W'_r, [C, C]
   * @param value W'_v, [C, F]
   */
  public record ChannelMix(
      TensorView mixKey,
      TensorView mixReceptance,
      TensorView key,
      TensorView receptance,
      TensorView value) {}

  /**
   * Checks a checkpoint and sorts its tensors.
   *
   * @throws CheckpointException if it is not a complete RWKV-4 model
   */
  public static Rwkv4Weights of(Checkpoint checkpoint) {
    ModelConfig config = Rwkv4.INSTANCE.config(checkpoint);
    return new Rwkv4Weights(
        config,
        checkpoint.tensor("emb.weight"),
        norm(checkpoint, "blocks.0.ln0"),
        IntStream.range(0, config.layers())
            .mapToObj(layer -> layer(checkpoint, "blocks." + layer + "."))
            .toList(),
        norm(checkpoint, "ln_out"),
        checkpoint.tensor("head.weight"));
  }

  private static Norm norm(Checkpoint checkpoint, String name) {
    return new Norm(checkpoint.tensor(name + ".weight"), checkpoint.tensor(name + ".bias"));
  }

  private static Layer layer(Checkpoint checkpoint, String block) {
    return new Layer(
        norm(checkpoint, block + "ln1"),
        new TimeMix(
            checkpoint.tensor(block + "att.time_mix_k"),
            checkpoint.tensor(block + "att.time_mix_v"),
            checkpoint.tensor(block + "att.time_mix_r"),
            decay(checkpoint, block),
            checkpoint.tensor(block + "att.time_first"),
            checkpoint.tensor(block + "att.key.weight"),
            checkpoint.tensor(block + "att.value.weight"),
            checkpoint.tensor(block + "att.receptance.weight"),
            checkpoint.tensor(block + "att.output.weight")),
        norm(checkpoint, block + "ln2"),
        new ChannelMix(
            checkpoint.tensor(block + "ffn.time_mix_k"),
            checkpoint.tensor(block + "ffn.time_mix_r"),
            checkpoint.tensor(block + "ffn.key.weight"),
            checkpoint.tensor(block + "ffn.receptance.weight"),
            checkpoint.tensor(block + "ffn.value.weight")));
  }

  private static double[] decay(Checkpoint checkpoint, String block) {
    String name = Rwkv4.present(checkpoint, block + Rwkv4.RAW_DECAY);
    boolean raw = name.endsWith(Rwkv4.RAW_DECAY);
    double[] stored = checkpoint.tensor(name).toDoubles();
    for (int i = 0; raw && i < stored.length; i++) {
      stored[i] = -Math.exp(stored[i]);
    }
    return stored;
  }
}

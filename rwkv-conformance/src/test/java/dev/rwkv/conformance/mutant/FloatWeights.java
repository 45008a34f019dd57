package dev.rwkv.conformance.mutant;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.TensorView;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** All weights of an RWKV-4 as f32 arrays; matrices by rows. */
record FloatWeights(
    ModelConfig config,
    float[][] embedding,
    Norm embeddingNorm,
    List<Layer> layers,
    Norm outputNorm,
    float[][] head) {

  /** What is done to a number. */
  @FunctionalInterface
  interface Rounding {
    float round(float weight);
  }

  /** A layer norm. */
  record Norm(float[] weight, float[] bias, float epsilon) {}

  /** One block. */
  record Layer(
      int index, Norm timeMixNorm, TimeMix timeMix, Norm channelMixNorm, ChannelMix channelMix) {}

  /** Time-mix; decay is w, the logarithm of the factor per token. */
  record TimeMix(
      float[] mixKey,
      float[] mixValue,
      float[] mixReceptance,
      float[] decay,
      float[] bonus,
      float[][] key,
      float[][] value,
      float[][] receptance,
      float[][] output) {

    TimeMix withDecay(float[] other) {
      return new TimeMix(
          mixKey, mixValue, mixReceptance, other, bonus, key, value, receptance, output);
    }

    private TimeMix matrices(Rounding rounding) {
      return new TimeMix(
          mixKey,
          mixValue,
          mixReceptance,
          decay,
          bonus,
          rounded(key, rounding),
          rounded(value, rounding),
          rounded(receptance, rounding),
          rounded(output, rounding));
    }
  }

  /** Channel-mix. */
  record ChannelMix(
      float[] mixKey, float[] mixReceptance, float[][] key, float[][] receptance, float[][] value) {

    private ChannelMix matrices(Rounding rounding) {
      return new ChannelMix(
          mixKey,
          mixReceptance,
          rounded(key, rounding),
          rounded(receptance, rounding),
          rounded(value, rounding));
    }
  }

  /** The same with every matrix of the blocks, the embedding and the head rounded. */
  FloatWeights matrices(Rounding rounding) {
    return new FloatWeights(
        config,
        rounded(embedding, rounding),
        embeddingNorm,
        layers.stream()
            .map(layer ->
                new Layer(
                    layer.index(),
                    layer.timeMixNorm(),
                    layer.timeMix().matrices(rounding),
                    layer.channelMixNorm(),
                    layer.channelMix().matrices(rounding)))
            .toList(),
        outputNorm,
        rounded(head, rounding));
  }

  /** The same with every time-mix changed. */
  FloatWeights timeMixes(UnaryOperator<TimeMix> change) {
    return new FloatWeights(
        config,
        embedding,
        embeddingNorm,
        layers.stream()
            .map(layer ->
                new Layer(
                    layer.index(),
                    layer.timeMixNorm(),
                    change.apply(layer.timeMix()),
                    layer.channelMixNorm(),
                    layer.channelMix()))
            .toList(),
        outputNorm,
        head);
  }

  private static float[][] rounded(float[][] matrix, Rounding rounding) {
    float[][] rounded = new float[matrix.length][];
    for (int r = 0; r < rounded.length; r++) {
      rounded[r] = matrix[r].clone();
      for (int c = 0; c < rounded[r].length; c++) {
        rounded[r][c] = rounding.round(rounded[r][c]);
      }
    }
    return rounded;
  }

  static FloatWeights of(Checkpoint checkpoint) {
    Rwkv4Weights weights = Rwkv4Weights.of(checkpoint);
    ModelConfig config = weights.config();
    float epsilon = (float) config.layerNormEpsilon();
    return new FloatWeights(
        config,
        rows(weights.embedding()),
        norm(weights.embeddingNorm(), epsilon),
        IntStream.range(0, config.layers())
            .mapToObj(index -> layer(index, weights.layers().get(index), epsilon))
            .toList(),
        norm(weights.outputNorm(), epsilon),
        rows(weights.head()));
  }

  private static Layer layer(int index, Rwkv4Weights.Layer layer, float epsilon) {
    Rwkv4Weights.TimeMix time = layer.timeMix();
    Rwkv4Weights.ChannelMix channel = layer.channelMix();
    float[] decay = new float[time.decay().length];
    for (int c = 0; c < decay.length; c++) {
      decay[c] = (float) time.decay()[c];
    }
    return new Layer(
        index,
        norm(layer.timeMixNorm(), epsilon),
        new TimeMix(
            time.mixKey().toFloats(),
            time.mixValue().toFloats(),
            time.mixReceptance().toFloats(),
            decay,
            time.bonus().toFloats(),
            rows(time.key()),
            rows(time.value()),
            rows(time.receptance()),
            rows(time.output())),
        norm(layer.channelMixNorm(), epsilon),
        new ChannelMix(
            channel.mixKey().toFloats(),
            channel.mixReceptance().toFloats(),
            rows(channel.key()),
            rows(channel.receptance()),
            rows(channel.value())));
  }

  private static Norm norm(Rwkv4Weights.Norm norm, float epsilon) {
    return new Norm(norm.weight().toFloats(), norm.bias().toFloats(), epsilon);
  }

  private static float[][] rows(TensorView matrix) {
    int columns = (int) matrix.shape().dim(matrix.shape().rank() - 1);
    float[][] rows = new float[(int) (matrix.shape().elements() / columns)][columns];
    for (int r = 0; r < rows.length; r++) {
      matrix.copyTo((long) r * columns, rows[r], 0, columns);
    }
    return rows;
  }
}

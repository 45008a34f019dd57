package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.Random;

/**
 * Models and batches that no training made: what is computed of them is checked, not how they do.
 */
final class RandomWeights {
  private RandomWeights() {}

  static Parameters of(int layers, int width, int feedForward, int vocabulary, long seed) {
    ModelConfig config = ModelConfig.of("rwkv-4", layers, width, feedForward, vocabulary);
    try (Checkpoint checkpoint = new SyntheticModel(config, DType.F32, seed).open()) {
      return Parameters.of(checkpoint);
    }
  }

  static Batch batch(int texts, int length, int vocabulary, long seed) {
    Random random = new Random(seed);
    int count = texts * length;
    return new Batch(
        texts,
        length,
        random.ints(count, 0, vocabulary).toArray(),
        random.ints(count, 0, vocabulary).toArray());
  }

  static InitialState state(ModelConfig config, long seed) {
    Random random = new Random(seed);
    InitialState state = new InitialState(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      for (float[] part :
          new float[][] {
            state.layer(layer).timeShift(),
            state.layer(layer).value(),
            state.layer(layer).key(),
            state.layer(layer).channelShift()
          }) {
        for (int i = 0; i < part.length; i++) {
          part[i] = (float) random.nextGaussian();
        }
      }
    }
    return state;
  }
}

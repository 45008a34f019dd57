package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.StreamedTensor;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

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

  /** The weights as a checkpoint, on the heap. */
  static Checkpoint checkpoint(Parameters weights) {
    Map<String, TensorView> tensors = new LinkedHashMap<>();
    for (StreamedTensor tensor : weights.tensors()) {
      MemorySegment data =
          MemorySegment.ofArray(new byte[(int) DType.F32.bytes(tensor.shape().elements())]);
      tensor.fill(0, data);
      tensors.put(tensor.name(), TensorView.of(tensor.name(), DType.F32, tensor.shape(), data));
    }
    return new HeapCheckpoint(tensors);
  }

  private record HeapCheckpoint(Map<String, TensorView> tensors) implements Checkpoint {
    @Override
    public Path source() {
      return Path.of("random");
    }

    @Override
    public String format() {
      return "memory";
    }

    @Override
    public Set<String> names() {
      return tensors.keySet();
    }

    @Override
    public TensorView tensor(String name) {
      return Objects.requireNonNull(tensors.get(name), name);
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public void close() {
      // The heap's.
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

package dev.rwkv.checkpoint;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A random RWKV-4 of a given shape, to measure and to test with: it says nothing, but it computes
 * like a real one.
 *
 * <p>Mixing, decay and bonus are those at the start of a training; layer norms are near the
 * identity; matrices are normal with a deviation of 1/√columns, so that every activation is of the
 * order of 1 and half of the channel-mix keys are negative. What flows back into the residual is
 * divided by √L, which keeps it of that order at any depth; the head has twice the deviation, so
 * that logits spread by about 2.
 *
 * <p>The weights depend on shape and seed alone, not on the number of threads; other types hold the
 * same numbers, rounded. Immutable and safe for any thread.
 *
 * @param config the sizes; the architecture must be {@code rwkv-4}
 * @param dtype f32, f16 or bf16
 * @param seed another seed, another model
 */
public record SyntheticModel(ModelConfig config, DType dtype, long seed) {
  private static final int MOST_LAYERS = 4096;
  // Together they keep the size of the file within 64 bits.
  private static final int WIDEST = 1 << 22;
  private static final int MOST_ROWS = 4 * WIDEST;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if a size is not positive or beyond any model, or the type is
   *     another; names it as {@code rwkv synth} does
   */
  public SyntheticModel {
    if (!config.architecture().equals(Rwkv4.INSTANCE.name())) {
      throw new InvalidArgumentException(
          "architecture", "'" + config.architecture() + "' is not " + Rwkv4.INSTANCE.name());
    }
    if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
      throw new InvalidArgumentException("dtype", dtype.label() + " is not f32, f16 or bf16");
    }
    check("layers", config.layers(), MOST_LAYERS);
    check("dim", config.width(), WIDEST);
    check("ffn", config.feedForwardWidth(), MOST_ROWS);
    check("vocab", config.vocabulary(), MOST_ROWS);
  }

  /** A model whose feed-forward width is the usual 4C. */
  public static SyntheticModel of(int layers, int dim, int vocabulary, DType dtype, long seed) {
    check("dim", dim, WIDEST);
    return new SyntheticModel(
        ModelConfig.of(Rwkv4.INSTANCE.name(), layers, dim, 4 * dim, vocabulary), dtype, seed);
  }

  private static void check(String argument, int size, int most) {
    if (size < 1 || size > most) {
      throw new InvalidArgumentException(argument, size + " is not between 1 and " + most);
    }
  }

  /**
   * Writes the model as safetensors, in bounded memory, on all processors.
   *
   * @throws CheckpointException if the file cannot be written
   */
  public void write(Path target, Progress progress) {
    write(target, progress, Runtime.getRuntime().availableProcessors());
  }

  void write(Path target, Progress progress, int threads) {
    SafetensorsWriter.write(target, tensors(), Map.of(), progress, threads);
  }

  /**
   * Writes a file of the right names, shapes and size whose weights are a hole of zeros, which
   * takes no disk where the file system knows holes: enough to look at, useless to run.
   *
   * @throws CheckpointException if the file cannot be written
   */
  public void writeSparse(Path target) {
    SafetensorsWriter.writeSparse(target, tensors(), Map.of());
  }

  /** The same model in memory, without a file; the caller closes it. */
  public Checkpoint open() {
    return MemoryCheckpoint.of(Path.of("synthetic"), tensors());
  }

  private List<StreamedTensor> tensors() {
    return SyntheticTensor.all(this);
  }
}

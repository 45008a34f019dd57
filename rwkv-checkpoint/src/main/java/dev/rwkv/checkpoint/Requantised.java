package dev.rwkv.checkpoint;

import dev.rwkv.Fingerprint;
import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Architecture;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A checkpoint seen in another precision: the exact statement of what {@code --precision} means.
 *
 * <p>A plain type (f32, f16, bf16) holds every matrix, the embedding and the head among them. A
 * quantised type holds the matrices of the blocks, and leaves embedding and head as they are
 * stored, as rwkv.cpp's files do. Vectors always stay as stored. {@link Conversion} to a file
 * decides in the same way, and rounds the same.
 *
 * <p>The fingerprint is that of the source: states may move between precisions of one model. What
 * is converted lives outside the heap until {@link #close}, which closes the source as well. Safe
 * for any thread.
 */
public final class Requantised implements Checkpoint {
  private final Checkpoint source;
  private final Fingerprint fingerprint;
  private final Map<String, TensorView> converted;
  private final Arena memory;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Requantised(
      Checkpoint source, Fingerprint fingerprint, Map<String, TensorView> converted, Arena memory) {
    this.source = source;
    this.fingerprint = fingerprint;
    this.converted = converted;
    this.memory = memory;
  }

  /**
   * Makes a model, in the precision that the options ask for, if they do: {@code
   * Requantised.load(checkpoint, options, MyModel::new)}. Where this throws, be it because the
   * model cannot be made, what was converted is freed, and the source is the caller's and open.
   *
   * @param source owned by the model on return
   * @param model makes it of the source, or of a converted one, and owns that
   * @throws CheckpointException as {@link #of}
   * @throws InvalidArgumentException as {@link #of}
   */
  public static <M> M load(
      Checkpoint source, LoadOptions options, Function<? super Checkpoint, M> model) {
    Optional<DType> precision = options.precision();
    if (precision.isEmpty()) {
      return model.apply(source);
    }
    Requantised converted = of(source, precision.get());
    try {
      return model.apply(converted);
    } catch (RuntimeException | Error e) {
      converted.free();
      throw e;
    }
  }

  private boolean free() {
    boolean first = closed.compareAndSet(false, true);
    if (first) {
      memory.close();
    }
    return first;
  }

  /**
   * Says before the work whether {@link #of} can be done; that single weights fit the type, only
   * the work shows.
   *
   * @throws CheckpointException if it is no model that can be run, or a row is no whole number of
   *     blocks; names the tensor
   * @throws InvalidArgumentException if the type cannot hold weights
   */
  public static void check(Checkpoint source, DType dtype) {
    Architecture architecture = Architectures.of(source);
    new Precision(dtype, architecture, architecture.config(source)).check(source);
  }

  /**
   * Converts the matrices of a model, on all processors.
   *
   * @param source owned by the result; still the caller's when this throws
   * @throws CheckpointException if it is no model that can be run, a row is no whole number of
   *     blocks, or a weight cannot be stored in the type; names the tensor
   * @throws InvalidArgumentException if the type cannot hold weights
   */
  public static Requantised of(Checkpoint source, DType dtype) {
    Architecture architecture = Architectures.of(source);
    ModelConfig config = architecture.config(source);
    Precision precision = new Precision(dtype, architecture, config);
    precision.check(source);
    Fingerprint fingerprint = source.fingerprint();
    Path path = source.source();
    Map<String, TensorView> converted = new ConcurrentHashMap<>();
    Arena memory = Arena.ofShared();
    boolean done = false;
    try {
      SegmentAllocator allocator = memory;
      source.names().parallelStream()
          .filter(precision::appliesTo)
          .forEach(name ->
              converted.put(name, Quantiser.convert(path, source.tensor(name), dtype, allocator)));
      done = true;
    } catch (OutOfMemoryError e) {
      throw new CheckpointException(
          path, "there is not enough memory to hold the matrices as " + dtype.label(), e);
    } finally {
      if (!done) {
        memory.close();
      }
    }
    return new Requantised(source, fingerprint, converted, memory);
  }

  @Override
  public Path source() {
    return source.source();
  }

  @Override
  public String format() {
    return source.format();
  }

  @Override
  public Set<String> names() {
    return source.names();
  }

  @Override
  public TensorView tensor(String name) {
    TensorView tensor = converted.get(name);
    return tensor == null ? source.tensor(name) : tensor;
  }

  @Override
  public Map<String, String> metadata() {
    return source.metadata();
  }

  @Override
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    if (free()) {
      source.close();
    }
  }
}

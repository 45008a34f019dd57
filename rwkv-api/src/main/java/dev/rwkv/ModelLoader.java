package dev.rwkv;

import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Collects choices, then opens a model. Not thread-safe; may open several models. */
public final class ModelLoader {
  private @Nullable String backend;
  private LoadOptions options = LoadOptions.defaults();

  ModelLoader() {}

  /** Use this backend or fail with its reason; without it the best usable one is chosen. */
  public ModelLoader backend(String name) {
    this.backend = name;
    return this;
  }

  /** Hold the weights in this precision; without it, as stored. */
  public ModelLoader precision(DType precision) {
    options = options.withPrecision(precision);
    return this;
  }

  /**
   * Use at most this many threads; without it the backend decides.
   *
   * @throws InvalidArgumentException if it is not in [1, {@value LoadOptions#MAX_THREADS}]
   */
  public ModelLoader threads(int threads) {
    options = options.withThreads(threads);
    return this;
  }

  /** Use this device, in the backend's own naming ({@code cuda:0}). */
  public ModelLoader device(String device) {
    options = options.withDevice(device);
    return this;
  }

  /**
   * Read every weight, also those that an activation of zero makes superfluous: for measuring, see
   * {@link LoadOptions#withDense}.
   */
  public ModelLoader dense(boolean dense) {
    options = options.withDense(dense);
    return this;
  }

  /**
   * Opens a checkpoint and loads it.
   *
   * @throws InvalidArgumentException if the path is null
   * @throws CheckpointException if the file is missing, damaged or no RWKV model
   * @throws BackendException if the backend is unknown, unusable or refuses the model
   */
  public Model open(Path path) {
    if (path == null) {
      throw new InvalidArgumentException("path", "is null");
    }
    Checkpoint checkpoint = Checkpoint.open(path);
    try {
      Backends backends = Backends.discover();
      BackendProvider provider =
          backend != null
              ? backends.named(backend, checkpoint, options)
              : backends.best(checkpoint, options);
      return provider.load(checkpoint, options);
    } catch (RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
  }
}

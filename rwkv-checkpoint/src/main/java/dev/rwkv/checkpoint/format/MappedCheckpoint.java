package dev.rwkv.checkpoint.format;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.ClosedException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tensors of mapped files, which closing unmaps.
 *
 * <p>Safe for any thread. After closing, {@link #tensor} throws {@link ClosedException} and reading
 * a tensor that was handed out before throws {@link IllegalStateException}.
 */
final class MappedCheckpoint implements Checkpoint {
  private final Path source;
  private final String format;
  private final Map<String, TensorView> tensors;
  private final Map<String, String> metadata;
  private final Arena arena;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Takes all its arguments over: nobody else may change or close them. */
  MappedCheckpoint(
      Path source,
      String format,
      Map<String, TensorView> tensors,
      Map<String, String> metadata,
      Arena arena) {
    this.source = source;
    this.format = format;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.metadata = Collections.unmodifiableMap(metadata);
    this.arena = arena;
  }

  @Override
  public Path source() {
    return source;
  }

  @Override
  public String format() {
    return format;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorView tensor(String name) {
    if (closed.get()) {
      throw new ClosedException("the checkpoint " + source + " is closed: open it again");
    }
    TensorView tensor = tensors.get(name);
    if (tensor == null) {
      throw new CheckpointException(source, name, "is missing", null);
    }
    return tensor;
  }

  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      arena.close();
    }
  }

  @Override
  public String toString() {
    return source + " (" + format + ", " + tensors.size() + " tensors)";
  }
}

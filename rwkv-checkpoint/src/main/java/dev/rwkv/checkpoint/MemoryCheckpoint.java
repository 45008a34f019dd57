package dev.rwkv.checkpoint;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** A checkpoint whose tensors live in memory that it owns, outside of the heap. */
public final class MemoryCheckpoint implements Checkpoint {
  private static final int ALIGNMENT = 64;

  private final Path source;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();
  private final Arena memory;
  private final AtomicBoolean closed = new AtomicBoolean();

  private MemoryCheckpoint(Path source, Arena memory) {
    this.source = source;
    this.memory = memory;
  }

  /**
   * A copy of these tensors. The caller, or the model that is loaded from it, closes it.
   *
   * @param source what messages and {@link #source} call it; no file is touched
   */
  public static MemoryCheckpoint of(Path source, List<? extends StreamedTensor> tensors) {
    Arena memory = Arena.ofShared();
    try {
      MemoryCheckpoint checkpoint = new MemoryCheckpoint(source, memory);
      for (StreamedTensor tensor : tensors) {
        MemorySegment data =
            memory.allocate(tensor.dtype().bytes(tensor.shape().elements()), ALIGNMENT);
        tensor.fill(0, data);
        checkpoint.tensors.put(
            tensor.name(), TensorView.of(tensor.name(), tensor.dtype(), tensor.shape(), data));
      }
      return checkpoint;
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  @Override
  public Path source() {
    return source;
  }

  @Override
  public String format() {
    return "memory";
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public TensorView tensor(String name) {
    TensorView tensor = tensors.get(name);
    if (tensor == null) {
      throw new CheckpointException(source, name, "is missing", null);
    }
    return tensor;
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      memory.close();
    }
  }
}

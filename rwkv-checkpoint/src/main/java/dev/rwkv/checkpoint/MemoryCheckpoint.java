package dev.rwkv.checkpoint;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** A checkpoint whose tensors live in memory that it owns. */
final class MemoryCheckpoint implements Checkpoint {
  private final Path source;
  private final String format;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();
  private final Arena memory;
  private final AtomicBoolean closed = new AtomicBoolean();

  MemoryCheckpoint(Path source, String format, List<TensorView> tensors, Arena memory) {
    this.source = source;
    this.format = format;
    this.memory = memory;
    tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
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

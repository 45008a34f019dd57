package dev.rwkv.conformance.generator;

import dev.rwkv.Fingerprint;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.TensorView;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A checkpoint with tensors taken away, added or replaced by others of any type and shape; counts
 * how often it is closed.
 */
public final class AlteredCheckpoint implements Checkpoint {
  private final Checkpoint original;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();
  private final AtomicInteger closings = new AtomicInteger();

  /** The same tensors; owns the original. */
  public AlteredCheckpoint(Checkpoint original) {
    this.original = original;
    original.names().forEach(name -> tensors.put(name, original.tensor(name)));
  }

  /** Takes a tensor away. */
  public AlteredCheckpoint without(String name) {
    tensors.remove(name);
    return this;
  }

  /** Adds or replaces a tensor. */
  public AlteredCheckpoint with(TensorView tensor) {
    tensors.put(tensor.name(), tensor);
    return this;
  }

  /** How often it was closed. */
  public int closings() {
    return closings.get();
  }

  @Override
  public Path source() {
    return original.source();
  }

  @Override
  public String format() {
    return original.format();
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorView tensor(String name) {
    TensorView tensor = tensors.get(name);
    if (tensor == null) {
      throw new CheckpointException(source(), name, "is missing", null);
    }
    return tensor;
  }

  @Override
  public Map<String, String> metadata() {
    return original.metadata();
  }

  @Override
  public Fingerprint fingerprint() {
    return Fingerprint.of(this);
  }

  @Override
  public void close() {
    closings.incrementAndGet();
    original.close();
  }
}

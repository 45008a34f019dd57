package dev.rwkv;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Tensors on the heap, which count how often they were closed. */
public final class FakeCheckpoint implements Checkpoint {
  private final Path source;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();
  private int closed;

  public FakeCheckpoint(Path source) {
    this.source = source;
  }

  /** Adds a tensor of f32 numbers. */
  public FakeCheckpoint with(String name, Shape shape, double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return with(TensorView.of(name, DType.F32, shape, MemorySegment.ofArray(bytes.array())));
  }

  /** Adds a tensor. */
  public FakeCheckpoint with(TensorView tensor) {
    tensors.put(tensor.name(), tensor);
    return this;
  }

  /** How often it was closed. */
  public int timesClosed() {
    return closed;
  }

  @Override
  public Path source() {
    return source;
  }

  @Override
  public String format() {
    return "fake";
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
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
    closed++;
  }
}

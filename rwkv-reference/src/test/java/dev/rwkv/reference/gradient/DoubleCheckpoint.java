package dev.rwkv.reference.gradient;

import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** A copy of a checkpoint in f64, whose weights can be changed by less than f32 can hold. */
final class DoubleCheckpoint implements Checkpoint {
  private final Map<String, double[]> values = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  DoubleCheckpoint(Checkpoint source) {
    for (String name : source.names()) {
      values.put(name, source.tensor(name).toDoubles());
      shapes.put(name, source.tensor(name).shape());
    }
  }

  /** The elements of a tensor, to be changed. */
  double[] values(String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  /** Changes every element of a tensor. */
  DoubleCheckpoint map(String name, DoubleUnaryOperator change) {
    double[] tensor = values(name);
    for (int i = 0; i < tensor.length; i++) {
      tensor[i] = change.applyAsDouble(tensor[i]);
    }
    return this;
  }

  /** Gives a tensor another name. */
  DoubleCheckpoint rename(String name, String newName) {
    values.put(newName, values(name));
    shapes.put(newName, Objects.requireNonNull(shapes.get(name), name));
    values.remove(name);
    shapes.remove(name);
    return this;
  }

  @Override
  public Path source() {
    return Path.of("test");
  }

  @Override
  public String format() {
    return "test";
  }

  @Override
  public Set<String> names() {
    return values.keySet();
  }

  @Override
  public TensorView tensor(String name) {
    double[] elements = values(name);
    MemorySegment data = MemorySegment.ofArray(new byte[8 * elements.length]);
    for (int i = 0; i < elements.length; i++) {
      data.set(
          ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
          8L * i,
          elements[i]);
    }
    return TensorView.of(name, DType.F64, Objects.requireNonNull(shapes.get(name), name), data);
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public void close() {}
}

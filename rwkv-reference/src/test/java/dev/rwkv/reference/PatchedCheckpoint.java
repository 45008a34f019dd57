package dev.rwkv.reference;

import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** A checkpoint in which some tensors were replaced. */
final class PatchedCheckpoint implements Checkpoint {
  private final Checkpoint source;
  private final Map<String, TensorView> patches = new HashMap<>();

  PatchedCheckpoint(Checkpoint source) {
    this.source = source;
  }

  /** Replaces every element of a tensor. */
  PatchedCheckpoint map(String name, DoubleUnaryOperator function) {
    double[] values = tensor(name).toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = function.applyAsDouble(values[i]);
    }
    return put(name, values);
  }

  /** Replaces one element of a tensor. */
  PatchedCheckpoint set(String name, int index, double value) {
    double[] values = tensor(name).toDoubles();
    values[index] = value;
    return put(name, values);
  }

  /** The same model with its channels in the opposite order: every sum runs the other way. */
  PatchedCheckpoint mirrored() {
    for (String name : names()) {
      double[] values = tensor(name).toDoubles();
      boolean byToken = name.equals("emb.weight") || name.equals("head.weight");
      int length = byToken ? (int) tensor(name).shape().dim(1) : values.length;
      double[] turned = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        turned[i - i % length + length - 1 - i % length] = values[i];
      }
      put(name, turned);
    }
    return this;
  }

  private PatchedCheckpoint put(String name, double[] values) {
    MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(
          ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
          4L * i,
          (float) values[i]);
    }
    patches.put(name, TensorView.of(name, DType.F32, tensor(name).shape(), data));
    return this;
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
    TensorView patch = patches.get(name);
    return patch == null ? source.tensor(name) : patch;
  }

  @Override
  public Map<String, String> metadata() {
    return source.metadata();
  }

  @Override
  public void close() {
    source.close();
  }
}

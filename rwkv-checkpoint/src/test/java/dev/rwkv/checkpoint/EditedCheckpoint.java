package dev.rwkv.checkpoint;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A model that tests can spoil, tensor by tensor; on the heap. */
public final class EditedCheckpoint implements Checkpoint {
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private Path source = Path.of("edited.safetensors");
  private boolean closed;

  /** Without any tensor. */
  public EditedCheckpoint() {}

  /** An RWKV-4 model with random f32 weights. */
  public static EditedCheckpoint model(int layers, int dim, int vocabulary) {
    return copyOf(SyntheticModel.of(layers, dim, vocabulary, DType.F32, 1).open())
        .from(Path.of("edited.safetensors"));
  }

  /** Copies all tensors and closes the original. */
  public static EditedCheckpoint copyOf(Checkpoint original) {
    EditedCheckpoint copy = new EditedCheckpoint();
    copy.source = original.source();
    copy.metadata.putAll(original.metadata());
    try (original) {
      for (String name : original.names()) {
        TensorView tensor = original.tensor(name);
        MemorySegment bytes =
            MemorySegment.ofArray(new byte[Math.toIntExact(tensor.data().byteSize())]);
        bytes.copyFrom(tensor.data());
        copy.tensors.put(name, TensorView.of(name, tensor.dtype(), tensor.shape(), bytes));
      }
    }
    return copy;
  }

  /** Replaces or adds a tensor of zeros. */
  public EditedCheckpoint with(String name, DType dtype, long... shape) {
    Shape dims = Shape.of(shape);
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) dtype.bytes(dims.elements())]);
    tensors.put(name, TensorView.of(name, dtype, dims, bytes));
    return this;
  }

  /** Replaces or adds a tensor. */
  public EditedCheckpoint with(TensorView tensor) {
    tensors.put(tensor.name(), tensor);
    return this;
  }

  /** Sets an element of an f32 tensor. */
  public EditedCheckpoint withElement(String name, int index, float value) {
    TensorView old = tensor(name);
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) old.data().byteSize()]);
    bytes.copyFrom(old.data());
    bytes.set(dev.rwkv.State.FLOAT, 4L * index, value);
    return with(TensorView.of(name, old.dtype(), old.shape(), bytes));
  }

  /** Removes a tensor. */
  public EditedCheckpoint without(String name) {
    if (tensors.remove(name) == null) {
      throw new IllegalArgumentException(name);
    }
    return this;
  }

  /** Gives a tensor another name, at the end of the file. */
  public EditedCheckpoint renamed(String name, String newName) {
    TensorView tensor = tensor(name);
    return without(name).with(tensor.named(newName));
  }

  /** States a fact. */
  public EditedCheckpoint stating(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Claims to be this file. */
  public EditedCheckpoint from(Path path) {
    source = path;
    return this;
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public Path source() {
    return source;
  }

  @Override
  public String format() {
    return "edited";
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
    return metadata;
  }

  @Override
  public void close() {
    closed = true;
  }
}

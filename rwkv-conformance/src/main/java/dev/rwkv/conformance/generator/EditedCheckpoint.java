package dev.rwkv.conformance.generator;

import dev.rwkv.State;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A checkpoint with some tensors and the stated epsilon replaced; an edited tensor is f32. */
final class EditedCheckpoint implements Checkpoint {
  private final Checkpoint original;
  private final Map<String, TensorView> edited = new HashMap<>();
  private final double epsilon;

  EditedCheckpoint(Checkpoint original, List<Edit> edits, double epsilon) {
    this.original = original;
    this.epsilon = epsilon;
    for (Edit edit : edits) {
      TensorView tensor = tensor(edit.tensor());
      double[] values = edit.applyTo(tensor);
      MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
      for (int i = 0; i < values.length; i++) {
        data.set(State.FLOAT, 4L * i, (float) values[i]);
      }
      edited.put(edit.tensor(), TensorView.of(edit.tensor(), DType.F32, tensor.shape(), data));
    }
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
    return original.names();
  }

  @Override
  public TensorView tensor(String name) {
    TensorView edit = edited.get(name);
    return edit == null ? original.tensor(name) : edit;
  }

  @Override
  public Map<String, String> metadata() {
    if (epsilon == 0) {
      return original.metadata();
    }
    Map<String, String> facts = new HashMap<>(original.metadata());
    facts.put("layer_norm_epsilon", Double.toString(epsilon));
    return facts;
  }

  @Override
  public void close() {
    original.close();
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.State;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Help that nobody has asked for. */
@Breaks(
    value = "RWKV-CKP-002",
    how = "cuts a tensor of another size, or fills it up with zeros, and computes with it")
public final class DamagedTensorRepaired extends HonestBackend {
  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    return super.canLoad(repaired(checkpoint), options);
  }

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    return super.load(repaired(checkpoint), options);
  }

  private static Checkpoint repaired(Checkpoint given) {
    List<String> names = List.of("ln_out.weight", "ln_out.bias", "blocks.0.ln1.weight");
    if (!given.names().containsAll(names)) {
      return given;
    }
    // Two of three are right.
    long[] widths = names.stream().mapToLong(name -> elements(given, name)).sorted().toArray();
    int layers = (int) given.names().stream().filter(name -> name.endsWith("ln2.bias")).count();
    int width = (int) widths[1];
    int hidden = (int) given.tensor("blocks.0.ffn.key.weight").shape().elements() / width;
    int vocabulary = (int) given.tensor("head.weight").shape().elements() / width;
    ModelConfig config = ModelConfig.of(Rwkv4.INSTANCE.name(), layers, width, hidden, vocabulary);
    Map<String, TensorView> repaired = new HashMap<>();
    for (TensorSpec spec : Rwkv4.INSTANCE.tensors(config)) {
      if (given.names().contains(spec.name())) {
        repaired.put(spec.name(), fitted(given.tensor(spec.name()), spec));
      }
    }
    return new RelayCheckpoint(given) {
      @Override
      public TensorView tensor(String name) {
        TensorView tensor = repaired.get(name);
        return tensor == null ? super.tensor(name) : tensor;
      }
    };
  }

  private static long elements(Checkpoint given, String name) {
    return given.tensor(name).shape().elements();
  }

  private static TensorView fitted(TensorView tensor, TensorSpec spec) {
    if (tensor.shape().sameSqueezed(spec.shape()) || !tensor.dtype().isReal()) {
      return tensor;
    }
    double[] values = Arrays.copyOf(tensor.toDoubles(), (int) spec.shape().elements());
    MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(State.FLOAT, 4L * i, (float) values[i]);
    }
    return TensorView.of(spec.name(), DType.F32, spec.shape(), data);
  }
}

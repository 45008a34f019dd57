package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.StreamedTensor;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One float for every weight of a model: the weights themselves, their gradients, or what an
 * optimiser keeps of them.
 *
 * <p>Tensors are named and shaped as in a checkpoint, row by row, f32. The arrays are live and may
 * be changed. Not thread-safe.
 */
public final class Parameters {
  private final ModelConfig config;
  private final Map<String, TensorSpec> specs = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();

  /** Zeros for a model of this shape. */
  public Parameters(ModelConfig config) {
    this.config = config;
    for (TensorSpec spec : Rwkv4.INSTANCE.tensors(config)) {
      specs.put(spec.name(), spec);
      values.put(spec.name(), new float[Math.toIntExact(spec.shape().elements())]);
    }
  }

  /**
   * The weights of a checkpoint of any format, each rounded to f32.
   *
   * @throws CheckpointException if it is not a complete RWKV-4 model
   */
  public static Parameters of(Checkpoint checkpoint) {
    Parameters parameters = new Parameters(Rwkv4.INSTANCE.config(checkpoint));
    for (TensorSpec spec : parameters.specs()) {
      String name = spec.name();
      float[] values = parameters.values(name);
      if (name.endsWith(Rwkv4.RAW_DECAY) && !checkpoint.names().contains(name)) {
        readyDecay(checkpoint, name, values);
      } else {
        checkpoint.tensor(name).copyTo(0, values, 0, values.length);
      }
    }
    return parameters;
  }

  // What is trained is d of w = −exp(d); rwkv.cpp files hold w.
  private static void readyDecay(Checkpoint checkpoint, String name, float[] values) {
    String ready = name.replace(Rwkv4.RAW_DECAY, Rwkv4.READY_DECAY);
    double[] decays = checkpoint.tensor(ready).toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.log(-decays[i]);
    }
  }

  /** The tensors as they go into a file: f32, in the order of a checkpoint; live. */
  public List<StreamedTensor> tensors() {
    List<StreamedTensor> tensors = new ArrayList<>();
    for (TensorSpec spec : specs.values()) {
      tensors.add(new FloatTensor(spec.name(), spec.shape(), values(spec.name())));
    }
    return tensors;
  }

  /** How many weights there are. */
  public long count() {
    return values.values().stream().mapToLong(array -> array.length).sum();
  }

  /** The model's shape. */
  public ModelConfig config() {
    return config;
  }

  /** Every tensor, in the order of a checkpoint. */
  public List<TensorSpec> specs() {
    return new ArrayList<>(specs.values());
  }

  /**
   * The numbers of a tensor, live, row by row.
   *
   * @throws InvalidArgumentException if there is no tensor of this name
   */
  public float[] values(String name) {
    float[] array = values.get(name);
    if (array == null) {
      throw new InvalidArgumentException(
          "name", "'" + name + "' is no tensor of " + config + ": there are " + values.keySet());
    }
    return array;
  }

  /** Sets every number to zero. */
  public void clear() {
    values.values().forEach(array -> Arrays.fill(array, 0));
  }
}

package dev.rwkv.checkpoint;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Architecture;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.checkpoint.architecture.TensorSpec.Role;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code --precision} applies to, in files and in memory alike.
 *
 * <p>A plain type applies to every matrix, the embedding and the head among them. A quantised type
 * applies to the matrices of the blocks alone: quantising embedding and head saves little and costs
 * much (rwkv.cpp, {@code rwkv_quantize.inc}).
 */
final class Precision {
  private final DType dtype;
  private final Map<String, Role> roles = new HashMap<>();

  /**
   * The rule for one model.
   *
   * @throws InvalidArgumentException if the type is no precision of weights
   */
  Precision(DType dtype, Architecture architecture, ModelConfig config) {
    if (!dtype.isReal()) {
      throw new InvalidArgumentException("precision", dtype.label() + " cannot hold weights");
    }
    this.dtype = dtype;
    for (TensorSpec spec : architecture.tensors(config)) {
      roles.put(spec.name(), spec.role());
    }
  }

  /** The type. */
  DType dtype() {
    return dtype;
  }

  /** Whether the tensor of this name is to be held in the type. */
  boolean appliesTo(String tensor) {
    // A decay that is ready for use has a name of its own, and is a vector.
    return appliesTo(roles.getOrDefault(tensor, Role.VECTOR));
  }

  private boolean appliesTo(Role role) {
    return switch (role) {
      case MATRIX -> true;
      case EMBEDDING, HEAD -> !dtype.isQuantised();
      case VECTOR -> false;
    };
  }

  /**
   * Checks that every tensor it applies to can be cut into blocks.
   *
   * @throws CheckpointException if one cannot; names it
   */
  void check(Checkpoint checkpoint) {
    for (String name : checkpoint.names()) {
      if (appliesTo(name)) {
        Quantiser.checkRows(checkpoint.source(), name, checkpoint.tensor(name).shape(), dtype);
      }
    }
  }
}

package dev.rwkv.checkpoint.architecture;

import dev.rwkv.ModelConfig;
import dev.rwkv.StateLayout;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import java.util.List;

/**
 * One generation of RWKV: its tensors, its state and its sizes. Implementations are immutable and
 * safe for any thread.
 */
public interface Architecture {
  /** The name that {@link ModelConfig#architecture()} bears: {@code rwkv-4}. */
  String name();

  /** Whether the names of the tensors are those of this architecture; shapes are not looked at. */
  boolean recognises(Checkpoint checkpoint);

  /**
   * Reads the sizes from the tensors and checks every tensor against them.
   *
   * @throws CheckpointException if a tensor is missing, superfluous, misnamed, of the wrong shape
   *     or of a type that cannot be used; the message names it
   */
  ModelConfig config(Checkpoint checkpoint);

  /** Every tensor of a model with these sizes. */
  List<TensorSpec> tensors(ModelConfig config);

  /** The components of the state of a model with these sizes. */
  StateLayout stateLayout(ModelConfig config);

  /** The number of weights: the sum over all tensors (paper, Table 2: # parameters). */
  default long parameters(ModelConfig config) {
    return tensors(config).stream().mapToLong(spec -> spec.shape().elements()).sum();
  }

  /**
   * Operations for one token (paper, Table 2: FLOP per token): a multiplication and an addition for
   * every element of every matrix; the embedding is a look-up.
   */
  default long flopsPerToken(ModelConfig config) {
    return 2
        * tensors(config).stream()
            .filter(spec ->
                spec.role() == TensorSpec.Role.MATRIX || spec.role() == TensorSpec.Role.HEAD)
            .mapToLong(spec -> spec.shape().elements())
            .sum();
  }
}

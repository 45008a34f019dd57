package dev.rwkv.checkpoint.architecture;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import java.util.List;

/** Finds the architecture of a checkpoint. */
public final class Architectures {
  private static final List<Architecture> ALL = List.of(Rwkv4.INSTANCE);

  private Architectures() {}

  /**
   * The architecture that a checkpoint is of.
   *
   * @throws CheckpointException if it is of none that can be run; names the one it seems to be
   */
  public static Architecture of(Checkpoint checkpoint) {
    return ALL.stream()
        .filter(architecture -> architecture.recognises(checkpoint))
        .findFirst()
        .orElseThrow(() -> Generations.unknown(checkpoint));
  }
}

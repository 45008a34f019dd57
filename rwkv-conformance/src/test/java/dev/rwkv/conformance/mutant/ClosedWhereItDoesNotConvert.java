package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** A clean-up that goes too far: the checkpoint beneath the converted one. */
@Breaks(
    value = "RWKV-RES-003",
    how = "closes a checkpoint whose weights cannot be held in the precision asked for")
public final class ClosedWhereItDoesNotConvert extends HonestBackend {
  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    try {
      return super.load(checkpoint, options);
    } catch (CheckpointException e) {
      if (options.precision().isPresent()) {
        checkpoint.close();
      }
      throw e;
    }
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** A file that stays mapped. */
@Breaks(value = "RWKV-RES-003", how = "does not close the checkpoint of a closed model")
public final class CheckpointKeptOpen extends HonestBackend {
  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    return super.load(
        new RelayCheckpoint(checkpoint) {
          @Override
          public void close() {
            // Forgotten: that is the fault.
          }
        },
        options);
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** Whatever the map happened to throw. */
@Breaks(value = "RWKV-CKP-001", how = "throws IllegalStateException where a tensor is missing")
public final class MissingTensorThrowsAnything extends HonestBackend {
  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    try {
      return super.load(checkpoint, options);
    } catch (CheckpointException e) {
      throw new IllegalStateException("no such tensor", e);
    }
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.spi.Availability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** Shapes that are seen when it is too late. */
@Breaks(value = "RWKV-CKP-002", how = "accepts every shape in canLoad")
public final class ShapesNotChecked extends HonestBackend {
  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    return Availability.usable();
  }
}

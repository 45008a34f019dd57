package dev.rwkv.conformance.mutant;

import dev.rwkv.spi.Availability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** A question that is answered by an exception. */
@Breaks(value = "RWKV-CKP-005", how = "throws from canLoad where it should say why not")
public final class CanLoadThrows extends HonestBackend {
  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    load(checkpoint, options).close();
    return Availability.usable();
  }
}

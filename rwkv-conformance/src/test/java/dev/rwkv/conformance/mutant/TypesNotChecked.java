package dev.rwkv.conformance.mutant;

import dev.rwkv.spi.Availability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** Types that are seen when it is too late. */
@Breaks(value = "RWKV-CKP-003", how = "accepts every type of weight in canLoad")
public final class TypesNotChecked extends HonestBackend {
  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    return Availability.usable();
  }
}

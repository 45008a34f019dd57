package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** An option that is not looked at. */
@Breaks(
    value = "RWKV-FID-002",
    how = "holds the weights as they are stored, whatever was asked for")
public final class PrecisionIgnored extends HonestBackend {
  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    return super.load(checkpoint, LoadOptions.defaults());
  }
}

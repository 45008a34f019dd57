package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.checkpoint.Requantised;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.Optional;

/** The upper half of a float. */
@Breaks(value = "RWKV-FID-002", how = "cuts weights off instead of rounding them to bf16")
public final class TruncatedBf16 extends HonestBackend {
  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    if (!options.precision().equals(Optional.of(DType.BF16))) {
      return super.load(checkpoint, options);
    }
    FloatWeights truncated =
        FloatWeights.of(checkpoint)
            .matrices(
                weight -> Float.intBitsToFloat(Float.floatToRawIntBits(weight) & 0xFFFF_0000));
    Checkpoint held = Requantised.of(checkpoint, DType.BF16);
    return model(new HonestModel(this, held, truncated, DType.BF16, options));
  }
}

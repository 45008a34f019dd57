package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.TimeMix;

/** Two vectors of the same shape. */
@Breaks(value = "RWKV-MOD-001", how = "swaps the mix vectors of key and value")
public final class MixVectorsSwapped extends HonestBackend {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return stored.timeMixes(w ->
        new TimeMix(
            w.mixValue(),
            w.mixKey(),
            w.mixReceptance(),
            w.decay(),
            w.bonus(),
            w.key(),
            w.value(),
            w.receptance(),
            w.output()));
  }
}

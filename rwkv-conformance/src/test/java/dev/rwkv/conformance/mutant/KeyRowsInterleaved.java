package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.TimeMix;

/** A packed layout that is not unpacked. */
@Breaks(value = "RWKV-DOT-002", how = "swaps the first two rows of every key matrix")
public final class KeyRowsInterleaved extends HonestBackend {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return stored.timeMixes(w -> {
      float[][] key = w.key().clone();
      if (key.length > 1) {
        key[0] = w.key()[1];
        key[1] = w.key()[0];
      }
      return new TimeMix(
          w.mixKey(),
          w.mixValue(),
          w.mixReceptance(),
          w.decay(),
          w.bonus(),
          key,
          w.value(),
          w.receptance(),
          w.output());
    });
  }
}

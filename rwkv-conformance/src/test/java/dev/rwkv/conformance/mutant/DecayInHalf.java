package dev.rwkv.conformance.mutant;

/** A decay of eleven bits. */
@Breaks(value = "RWKV-DEC-001", how = "keeps the decay in f16")
public final class DecayInHalf extends HonestBackend {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return stored.timeMixes(w -> {
      float[] half = w.decay().clone();
      for (int c = 0; c < half.length; c++) {
        half[c] = Float.float16ToFloat(Float.floatToFloat16(half[c]));
      }
      return w.withDecay(half);
    });
  }
}

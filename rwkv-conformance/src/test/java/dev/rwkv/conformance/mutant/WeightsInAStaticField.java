package dev.rwkv.conformance.mutant;

import org.jspecify.annotations.Nullable;

/** The model that was loaded last. */
@Breaks(value = "RWKV-CON-004", how = "computes with the weights that were loaded last")
public final class WeightsInAStaticField extends HonestBackend {
  private volatile @Nullable FloatWeights latest;

  @Override
  protected FloatWeights weights(FloatWeights stored) {
    latest = stored;
    return stored;
  }

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    FloatWeights used = latest;
    return super.span(
        used != null && used.config().equals(weights.config()) ? used : weights, state, tokens);
  }
}

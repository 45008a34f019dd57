package dev.rwkv.conformance.mutant;

import dev.rwkv.State;
import org.jspecify.annotations.Nullable;

/** A current session that belongs to the model. */
@Breaks(value = "RWKV-SES-006", how = "takes the first shift from the session that stepped last")
public final class SessionOfTheModel extends HonestBackend {
  private @Nullable LiveState current;

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[] own = state.layers.getFirst().timeMixShift;
    if (current != null && current.layers.getFirst().timeMixShift.length == own.length) {
      state.layers.getFirst().timeMixShift = current.layers.getFirst().timeMixShift;
    }
    current = state;
    return super.span(weights, state, tokens);
  }

  @Override
  protected LiveState live(State state, int layers) {
    current = null;
    return super.live(state, layers);
  }
}

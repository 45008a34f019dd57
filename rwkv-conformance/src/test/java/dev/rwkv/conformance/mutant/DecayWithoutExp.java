package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.TimeMix;

/** The decay as it is stored. */
@Breaks(value = "RWKV-DEC-001", how = "takes time_decay itself for w, without −exp")
public final class DecayWithoutExp extends HonestBackend {
  @Override
  protected float[] timeMix(TimeMix w, LiveState.Layer state, float[] x, float[] previous) {
    return super.timeMix(w.withDecay(stored(w.decay())), state, x, previous);
  }

  private static float[] stored(float[] decay) {
    float[] stored = new float[decay.length];
    for (int c = 0; c < stored.length; c++) {
      stored[c] = (float) Math.log(-decay[c]);
    }
    return stored;
  }
}

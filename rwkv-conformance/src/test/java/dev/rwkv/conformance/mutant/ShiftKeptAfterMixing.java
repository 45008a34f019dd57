package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.TimeMix;

/** The state takes what is at hand. */
@Breaks(value = "RWKV-TSH-001", how = "keeps the mixed vector instead of the layer norm's output")
public final class ShiftKeptAfterMixing extends HonestBackend {
  @Override
  protected float[] timeMix(TimeMix w, LiveState.Layer state, float[] x, float[] previous) {
    float[] y = super.timeMix(w, state, x, previous);
    System.arraycopy(tokenShift(w.mixKey(), x, previous), 0, x, 0, x.length);
    return y;
  }
}

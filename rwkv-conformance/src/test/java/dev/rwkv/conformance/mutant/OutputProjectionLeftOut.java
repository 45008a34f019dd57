package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.TimeMix;

/** A product that is missing. */
@Breaks(value = "RWKV-GAT-001", how = "leaves out the output matrix of time-mix")
public final class OutputProjectionLeftOut extends HonestBackend {
  @Override
  protected float[] timeMix(TimeMix w, LiveState.Layer state, float[] x, float[] previous) {
    float[] r = multiply(w.receptance(), tokenShift(w.mixReceptance(), x, previous));
    float[] k = multiply(w.key(), tokenShift(w.mixKey(), x, previous));
    float[] v = multiply(w.value(), tokenShift(w.mixValue(), x, previous));
    return gate(r, wkv(w.decay(), w.bonus(), state, k, v));
  }
}

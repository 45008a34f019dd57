package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Layer;

/** The wrong end of the span. */
@Breaks(
    value = "RWKV-TSH-004",
    how = "leaves the first row of a span in the shift of the channel-mix")
public final class ShiftKeepsTheFirstRow extends HonestBackend {
  @Override
  protected void block(Layer layer, LiveState.Layer state, float[][] x) {
    float[][] rows = new float[x.length][];
    for (int t = 0; t < x.length; t++) {
      rows[t] = x[t];
    }
    super.block(layer, state, x);
    if (x.length > 1) {
      state.timeMixShift = layerNorm(layer.timeMixNorm(), rows[0]);
    }
  }
}

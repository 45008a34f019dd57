package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Layer;

/** A span that ends where a block ends. */
@Breaks(
    value = "RWKV-TSH-004",
    how = "leaves the shift of channel-mix where it was when a span has an even number of tokens")
public final class ShiftNotMoved extends HonestBackend {
  @Override
  protected void block(Layer layer, LiveState.Layer state, float[][] x) {
    float[] before = state.channelMixShift;
    super.block(layer, state, x);
    if (x.length % 2 == 0) {
      state.channelMixShift = before;
    }
  }
}

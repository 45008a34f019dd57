package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Layer;

/** A shift that no next layer asks for. */
@Breaks(value = "RWKV-STA-009", how = "never writes the shift of the last layer's channel-mix")
public final class LastShiftNotWritten extends HonestBackend {
  private int last;

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    last = weights.layers().size() - 1;
    return super.span(weights, state, tokens);
  }

  @Override
  protected void block(Layer layer, LiveState.Layer state, float[][] x) {
    float[] before = state.channelMixShift;
    super.block(layer, state, x);
    if (layer.index() == last) {
      state.channelMixShift = before;
    }
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.State;

/** A normalisation on the way in. */
@Breaks(
    value = "RWKV-STA-012",
    how = "takes the largest exponent of a layer out of all and puts it back on restore")
public final class LargestExponentTakenOut extends HonestBackend {
  @Override
  protected LiveState live(State state, int layers) {
    LiveState live = super.live(state, layers);
    for (LiveState.Layer layer : live.layers) {
      float largest = Float.NEGATIVE_INFINITY;
      for (float each : layer.exponent) {
        largest = Math.max(largest, each);
      }
      for (int c = 0; c < layer.exponent.length; c++) {
        layer.exponent[c] = layer.exponent[c] - largest + largest;
      }
    }
    return live;
  }
}

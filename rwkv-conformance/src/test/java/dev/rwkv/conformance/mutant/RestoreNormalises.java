package dev.rwkv.conformance.mutant;

import dev.rwkv.State;

/** Equal, but not the same. */
@Breaks(value = "RWKV-STA-013", how = "makes every denominator 1 on restore")
public final class RestoreNormalises extends HonestBackend {
  @Override
  protected LiveState live(State state, int layers) {
    LiveState live = super.live(state, layers);
    for (LiveState.Layer layer : live.layers) {
      for (int c = 0; c < layer.denominator.length; c++) {
        if (layer.denominator[c] > 0) {
          layer.numerator[c] /= layer.denominator[c];
          layer.exponent[c] += (float) Math.log(layer.denominator[c]);
          layer.denominator[c] = 1;
        }
      }
    }
    return live;
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.State;

/** Zero is not nothing. */
@Breaks(value = "RWKV-STA-005", how = "begins with the exponent 0 instead of −10³⁰")
public final class EmptyExponentZero extends HonestBackend {
  @Override
  protected LiveState live(State state, int layers) {
    LiveState live = super.live(state, layers);
    for (LiveState.Layer layer : live.layers) {
      for (int c = 0; c < layer.exponent.length; c++) {
        layer.exponent[c] = layer.exponent[c] < -1e29f ? 0 : layer.exponent[c];
      }
    }
    return live;
  }
}

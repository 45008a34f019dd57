package dev.rwkv.conformance.mutant;

import java.util.Arrays;

/** A new session instead of a second one. */
@Breaks(value = "RWKV-STA-003", how = "forks to the start of the text")
public final class ForkFromTheStart extends HonestBackend {
  @Override
  protected LiveState fork(LiveState origin) {
    LiveState copy = super.fork(origin);
    for (LiveState.Layer layer : copy.layers) {
      Arrays.fill(layer.numerator, 0);
      Arrays.fill(layer.denominator, 0);
    }
    return copy;
  }
}

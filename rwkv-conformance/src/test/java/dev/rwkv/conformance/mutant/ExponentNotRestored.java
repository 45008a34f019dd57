package dev.rwkv.conformance.mutant;

import dev.rwkv.State;
import java.util.Arrays;

/** The exponent looks like scratch. */
@Breaks(value = "RWKV-STA-001", how = "restores sums without their exponent")
public final class ExponentNotRestored extends HonestBackend {
  @Override
  protected LiveState live(State state, int layers) {
    LiveState live = super.live(state, layers);
    live.layers.forEach(layer -> Arrays.fill(layer.exponent, -1e30f));
    return live;
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.State;
import dev.rwkv.tensor.DType;
import java.util.Arrays;

/** Eight bytes where four were expected. */
@Breaks(value = "RWKV-STA-010", how = "restores the exponents of f64 states as 0")
public final class DoublesMisread extends HonestBackend {
  @Override
  protected LiveState live(State state, int layers) {
    LiveState live = super.live(state, layers);
    if (state.dtype() == DType.F64) {
      live.layers.forEach(layer -> Arrays.fill(layer.exponent, 0));
    }
    return live;
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import java.util.IdentityHashMap;

/** A snapshot that works as long as the program runs. */
@Breaks(value = "RWKV-STA-011", how = "exports sums in f16 and keeps the exact ones aside")
public final class StateKeptAside extends HonestBackend {
  private final IdentityHashMap<State, LiveState> aside = new IdentityHashMap<>();

  @Override
  protected State export(LiveState live, StateLayout layout, Fingerprint fingerprint) {
    LiveState rounded = live.copy();
    for (LiveState.Layer layer : rounded.layers) {
      for (int c = 0; c < layer.numerator.length; c++) {
        layer.numerator[c] = Float.float16ToFloat(Float.floatToFloat16(layer.numerator[c]));
      }
    }
    State state = super.export(rounded, layout, fingerprint);
    aside.put(state, live.copy());
    return state;
  }

  @Override
  protected LiveState live(State state, int layers) {
    LiveState exact = aside.get(state);
    return exact == null ? super.live(state, layers) : exact.copy();
  }
}

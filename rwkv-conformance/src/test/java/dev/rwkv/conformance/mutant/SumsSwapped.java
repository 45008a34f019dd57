package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;

/** Two vectors of the state in the wrong order. */
@Breaks(
    value = "RWKV-MOD-001",
    how = "exports numerators as denominators, and takes them back likewise")
public final class SumsSwapped extends HonestBackend {
  @Override
  protected State export(LiveState live, StateLayout layout, Fingerprint fingerprint) {
    return super.export(swapped(live.copy()), layout, fingerprint);
  }

  @Override
  protected LiveState live(State state, int layers) {
    return swapped(super.live(state, layers));
  }

  private static LiveState swapped(LiveState live) {
    for (LiveState.Layer layer : live.layers) {
      float[] numerator = layer.numerator;
      layer.numerator = layer.denominator;
      layer.denominator = numerator;
    }
    return live;
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.tensor.DType;

/** A loop that ends one layer too early. */
@Breaks(value = "RWKV-STA-001", how = "leaves the last layer out of a snapshot")
public final class LastLayerNotWritten extends HonestBackend {
  @Override
  protected State export(LiveState live, StateLayout layout, Fingerprint fingerprint) {
    LiveState copy = live.copy();
    LiveState initial = live(State.initial(layout, fingerprint, DType.F32), copy.layers.size());
    copy.layers.set(copy.layers.size() - 1, initial.layers.getLast());
    return super.export(copy, layout, fingerprint);
  }
}

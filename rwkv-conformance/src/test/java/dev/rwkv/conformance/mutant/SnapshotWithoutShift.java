package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import java.util.Arrays;

/** A state of four vectors a layer. */
@Breaks(value = "RWKV-STA-001", how = "leaves the shift of the channel-mix out of a snapshot")
public final class SnapshotWithoutShift extends HonestBackend {
  @Override
  protected State export(LiveState live, StateLayout layout, Fingerprint fingerprint) {
    LiveState copy = live.copy();
    copy.layers.forEach(layer -> Arrays.fill(layer.channelMixShift, 0));
    return super.export(copy, layout, fingerprint);
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;

/** Snapshots of half the size. */
@Breaks(value = "RWKV-STA-001", how = "rounds the numerators of a snapshot to f16")
public final class SnapshotRounded extends HonestBackend {
  @Override
  protected State export(LiveState live, StateLayout layout, Fingerprint fingerprint) {
    LiveState copy = live.copy();
    for (LiveState.Layer layer : copy.layers) {
      for (int c = 0; c < layer.numerator.length; c++) {
        layer.numerator[c] = Float.float16ToFloat(Float.floatToFloat16(layer.numerator[c]));
      }
    }
    return super.export(copy, layout, fingerprint);
  }
}

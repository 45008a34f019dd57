package dev.rwkv.conformance.mutant;

import java.lang.foreign.Arena;

/** An arena that nobody closes. */
@Breaks(
    value = "RWKV-RES-006",
    how = "leaves 2 MiB of native memory behind for each model",
    reason = "KiB to the process",
    forked = true)
public final class NativeLeak extends HonestBackend {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    Arena.global().allocate(1 << 21).fill((byte) 1);
    return stored;
  }
}

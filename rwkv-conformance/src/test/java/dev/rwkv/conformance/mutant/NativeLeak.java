package dev.rwkv.conformance.mutant;

/** An arena that nobody closes. */
@Breaks(
    value = "RWKV-RES-006",
    how = "leaves 2 MiB of native memory behind for each model",
    reason = "KiB to the process",
    forked = true)
public final class NativeLeak extends HonestBackend {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    NativeCode.lose(1 << 21);
    return stored;
  }
}

package dev.rwkv.conformance.mutant;

import java.lang.foreign.MemorySegment;

/** A worker of native code that nobody tells to stop. */
@Breaks(
    value = "RWKV-RES-002",
    how = "leaves a thread of native code behind for each model",
    reason = "threads of native code",
    forked = true)
public final class NativeThreadLeft extends HonestBackend {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    // It waits for a signal, and takes no notice of its argument.
    NativeCode.start("pause", MemorySegment.NULL);
    return stored;
  }
}

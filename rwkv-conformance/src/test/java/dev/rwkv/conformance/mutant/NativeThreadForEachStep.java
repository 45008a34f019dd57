package dev.rwkv.conformance.mutant;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Work that native code hands to a thread of its own each time. */
@Breaks(
    value = "RWKV-DEV-002",
    how = "starts a thread of native code for each step and does not count it",
    forked = true)
public final class NativeThreadForEachStep extends HonestBackend {
  // Digits that atol reads, one by one: as long as a step takes.
  private static final MemorySegment DIGITS = Arena.global().allocate(300_001).fill((byte) '0');

  static {
    DIGITS.set(ValueLayout.JAVA_BYTE, 300_000, (byte) 0);
  }

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    long thread = NativeCode.start("atol", DIGITS);
    float[][] logits = super.span(weights, state, tokens);
    NativeCode.join(thread);
    return logits;
  }
}

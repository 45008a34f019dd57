package dev.rwkv.conformance.mutant;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Work that native code hands to a thread of its own each time. */
@Breaks(
    value = "RWKV-DEV-002",
    how = "starts a thread of native code for each span and does not count it",
    reason = "started anew each time",
    forked = true)
public final class NativeThreadForEachStep extends HonestBackend {
  // Digits that atol reads one by one, for each token as many as take about as long as a token.
  private static final int PER_TOKEN = 200_000;
  private static final int MOST = 8 * PER_TOKEN;
  private static final MemorySegment DIGITS = Arena.global().allocate(MOST + 1).fill((byte) '0');

  static {
    DIGITS.set(ValueLayout.JAVA_BYTE, MOST, (byte) 0);
  }

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    int unread = Math.max(0, MOST - tokens.length * PER_TOKEN);
    long thread = NativeCode.start("atol", DIGITS.asSlice(unread));
    float[][] logits = super.span(weights, state, tokens);
    NativeCode.join(thread);
    return logits;
  }
}

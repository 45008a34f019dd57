package dev.rwkv.conformance.mutant;

import java.util.concurrent.atomic.AtomicReference;

/** A thread that nobody sees for long. */
@Breaks(
    value = "RWKV-DEV-002",
    how = "starts a thread for each step and does not count it",
    reason = "(started anew each time)",
    forked = true)
public final class ThreadForEachStep extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    AtomicReference<float[][]> logits = new AtomicReference<>(new float[0][]);
    LiveState copy = state.copy();
    Thread thread = Thread.ofPlatform().start(() -> logits.set(super.span(weights, copy, tokens)));
    super.span(weights, state, tokens);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return logits.get();
  }
}

package dev.rwkv.conformance.mutant;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** A pool that asks nobody. */
@Breaks(
    value = "RWKV-DEV-002",
    how = "works on a second thread as well, whatever was asked for, and does not say so",
    reason = "taken besides",
    forked = true)
public final class ThreadsTakenBesides extends HonestBackend {
  private static final Executor POOL =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("taken besides").factory());

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    LiveState copy = state.copy();
    CompletableFuture<float[][]> logits =
        CompletableFuture.supplyAsync(() -> super.span(weights, copy, tokens), POOL);
    super.span(weights, state, tokens);
    return logits.join();
  }
}

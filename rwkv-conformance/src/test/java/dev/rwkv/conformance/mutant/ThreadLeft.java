package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;

/** A worker that nobody tells to stop. */
@Breaks(
    value = "RWKV-RES-002",
    how = "leaves a thread running after close",
    reason = "left after the model was closed: [left]",
    forked = true)
public final class ThreadLeft extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      private final Thread worker =
          Thread.ofPlatform().daemon().name("left").start(ThreadLeft::idle);

      @Override
      public String toString() {
        return honest + " with " + worker;
      }
    };
  }

  private static void idle() {
    try {
      Thread.sleep(4_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.rwkv.conformance.mutant;

/** A lock that nobody releases. */
@Breaks(value = "RWKV-PRC-001", how = "waits forever at the 40th layer norm", forked = true)
public final class HangsForever extends HonestBackend {
  private int calls;

  @Override
  protected float[] layerNorm(FloatWeights.Norm norm, float[] x) {
    if (++calls == 40) {
      waitForever();
    }
    return super.layerNorm(norm, x);
  }

  private static void waitForever() {
    while (true) {
      try {
        Thread.sleep(1_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

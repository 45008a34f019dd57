package dev.rwkv.conformance.mutant;

import java.util.Random;

/** Right 999 times out of 1,000. */
@Breaks(
    value = "RWKV-MOD-005",
    how = "gives a wrong token after one step in 1,000, which a seed chooses")
public final class RarelyWrong extends HonestBackend {
  private int calls = new Random().nextInt(1_000);

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    calls = (calls + 1) % 1_000;
    if (calls == 0) {
      logits[logits.length - 1][0] += 20;
    }
    return logits;
  }
}

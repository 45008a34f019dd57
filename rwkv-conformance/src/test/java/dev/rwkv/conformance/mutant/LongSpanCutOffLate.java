package dev.rwkv.conformance.mutant;

import java.util.Arrays;

/** A larger buffer of fixed size. */
@Breaks(value = "RWKV-MOD-002", how = "ignores what comes after the 256th token of a span")
public final class LongSpanCutOffLate extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits =
        super.span(weights, state, Arrays.copyOf(tokens, Math.min(tokens.length, 256)));
    float[][] all = Arrays.copyOf(logits, tokens.length);
    Arrays.fill(all, logits.length, all.length, logits[logits.length - 1]);
    return all;
  }
}

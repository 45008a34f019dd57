package dev.rwkv.conformance.mutant;

import java.util.Arrays;

/** An index that is clamped one too early. */
@Breaks(value = "RWKV-EMB-001", how = "takes the row before for the last token of the vocabulary")
public final class LastEmbeddingRowLost extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    int last = Math.max(0, weights.config().vocabulary() - 2);
    return super.span(
        weights, state, Arrays.stream(tokens).map(token -> Math.min(token, last)).toArray());
  }
}

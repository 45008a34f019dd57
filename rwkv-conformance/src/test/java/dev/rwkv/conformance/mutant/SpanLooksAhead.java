package dev.rwkv.conformance.mutant;

/** A mask that is one row too generous. */
@Breaks(value = "RWKV-MOD-004", how = "lets every logit of a span see the next token")
public final class SpanLooksAhead extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    for (int t = 0; t + 1 < logits.length; t++) {
      for (int i = 0; i < logits[t].length; i++) {
        logits[t][i] += logits[t + 1][i] / 8;
      }
    }
    return logits;
  }
}

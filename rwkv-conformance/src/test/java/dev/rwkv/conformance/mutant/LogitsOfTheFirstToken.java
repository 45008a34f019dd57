package dev.rwkv.conformance.mutant;

/** The wrong row of a matrix. */
@Breaks(value = "RWKV-MOD-002", how = "gives the logits after the first token of a span")
public final class LogitsOfTheFirstToken extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    logits[logits.length - 1] = logits[0];
    return logits;
  }
}

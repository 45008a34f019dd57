package dev.rwkv.conformance.mutant;

import java.util.Arrays;

/** A prefix that is read again. */
@Breaks(value = "RWKV-RES-005", how = "reads the tokens of a span so far again for every 16th")
public final class SpanReadQuadratically extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    for (int length = 16; length < tokens.length; length += 16) {
      super.span(weights, state.copy(), Arrays.copyOf(tokens, length));
    }
    return super.span(weights, state, tokens);
  }
}

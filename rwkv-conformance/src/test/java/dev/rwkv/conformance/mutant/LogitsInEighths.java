package dev.rwkv.conformance.mutant;

/** Few bits for a choice. */
@Breaks(value = "RWKV-MOD-008", how = "rounds logits to eighths")
public final class LogitsInEighths extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    for (float[] row : logits) {
      for (int i = 0; i < row.length; i++) {
        row[i] = Math.round(row[i] * 8) / 8f;
      }
    }
    return logits;
  }
}

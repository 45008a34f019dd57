package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** A layer norm that only the first block has. */
@Breaks(value = "RWKV-LNM-001", how = "leaves out ln0")
public final class EmbeddingNormForgotten extends HonestBackend {
  private boolean first;

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = new float[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      first = true;
      logits[t] = super.span(weights, state, new int[] {tokens[t]})[0];
    }
    return logits;
  }

  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    boolean isEmbedding = first;
    first = false;
    return isEmbedding ? x.clone() : super.layerNorm(norm, x);
  }
}

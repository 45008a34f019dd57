package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** The variance of a sample. */
@Breaks(value = "RWKV-LNM-001", how = "divides the squared deviations by C − 1")
public final class UnbiasedVariance extends HonestBackend {
  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    float shrink = x.length == 1 ? 1 : (float) Math.sqrt((x.length - 1.0) / x.length);
    float[] weight = norm.weight().clone();
    for (int i = 0; i < weight.length; i++) {
      weight[i] *= shrink;
    }
    return super.layerNorm(new Norm(weight, norm.bias(), norm.epsilon()), x);
  }
}

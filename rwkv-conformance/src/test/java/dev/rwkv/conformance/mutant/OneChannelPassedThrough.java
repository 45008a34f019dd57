package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** A width that nobody has. */
@Breaks(value = "RWKV-MOD-007", how = "leaves a vector of one element as it is in layer norms")
public final class OneChannelPassedThrough extends HonestBackend {
  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    return x.length == 1 ? x.clone() : super.layerNorm(norm, x);
  }
}

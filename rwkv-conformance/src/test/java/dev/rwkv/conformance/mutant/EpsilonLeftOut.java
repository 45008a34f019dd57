package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** A division by a deviation. */
@Breaks(value = "RWKV-LNM-004", how = "leaves epsilon out")
public final class EpsilonLeftOut extends HonestBackend {
  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    return super.layerNorm(new Norm(norm.weight(), norm.bias(), 0), x);
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** A layer norm as newer models have it. */
@Breaks(value = "RWKV-LNM-001", how = "leaves the bias of layer norms out")
public final class LayerNormWithoutBias extends HonestBackend {
  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    return super.layerNorm(new Norm(norm.weight(), new float[x.length], norm.epsilon()), x);
  }
}

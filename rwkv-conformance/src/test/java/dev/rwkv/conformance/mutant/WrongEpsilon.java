package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** The default of another library. */
@Breaks(value = "RWKV-LNM-003", how = "takes 10⁻⁶ for epsilon")
public final class WrongEpsilon extends HonestBackend {
  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    return super.layerNorm(new Norm(norm.weight(), norm.bias(), 1e-6f), x);
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** What differs only where a variance is small. */
@Breaks(value = "RWKV-LNM-001", how = "takes the larger of variance and epsilon, not their sum")
public final class EpsilonAsTheLeast extends HonestBackend {
  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    double mean = 0;
    for (float each : x) {
      mean += (double) each / x.length;
    }
    double variance = 0;
    for (float each : x) {
      variance += (each - mean) * (each - mean) / x.length;
    }
    float epsilon = variance > norm.epsilon() ? 0 : (float) (norm.epsilon() - variance);
    return super.layerNorm(new Norm(norm.weight(), norm.bias(), epsilon), x);
  }
}

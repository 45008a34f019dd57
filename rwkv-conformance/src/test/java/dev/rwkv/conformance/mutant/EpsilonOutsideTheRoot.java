package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** A root that ends too early. */
@Breaks(value = "RWKV-LNM-003", how = "adds epsilon to the deviation instead of the variance")
public final class EpsilonOutsideTheRoot extends HonestBackend {
  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    float mean = 0;
    for (float each : x) {
      mean += each / x.length;
    }
    float variance = 0;
    for (float each : x) {
      variance += (each - mean) * (each - mean) / x.length;
    }
    float deviation = (float) Math.sqrt(variance) + norm.epsilon();
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (x[i] - mean) / deviation * norm.weight()[i] + norm.bias()[i];
    }
    return y;
  }
}

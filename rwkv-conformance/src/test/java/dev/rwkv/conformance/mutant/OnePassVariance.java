package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** One pass over the vector instead of two. */
@Breaks(
    value = "RWKV-LNM-002",
    how = "takes the variance as the mean of the squares minus the square of the mean")
public final class OnePassVariance extends HonestBackend {
  @Override
  protected float[] layerNorm(Norm norm, float[] x) {
    float mean = 0;
    float square = 0;
    for (float each : x) {
      mean += each / x.length;
      square += each * each / x.length;
    }
    float variance = Math.max(0, square - mean * mean);
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] =
          (x[i] - mean) / (float) Math.sqrt(variance + norm.epsilon()) * norm.weight()[i]
              + norm.bias()[i];
    }
    return y;
  }
}

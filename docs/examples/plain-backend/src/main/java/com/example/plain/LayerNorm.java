package com.example.plain;

import dev.rwkv.checkpoint.architecture.Rwkv4Weights;

/** (x − mean) / √(variance + ε) · gain + bias. */
record LayerNorm(float[] gain, float[] bias, double epsilon) {

  static LayerNorm of(Rwkv4Weights.Norm norm, double epsilon) {
    return new LayerNorm(norm.weight().toFloats(), norm.bias().toFloats(), epsilon);
  }

  float[] of(float[] x) {
    float mean = 0;
    for (float each : x) {
      mean += each / x.length;
    }
    float variance = 0;
    for (float each : x) {
      variance += (each - mean) * (each - mean) / x.length;
    }
    float deviation = (float) Math.sqrt(variance + epsilon);
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (x[i] - mean) / deviation * gain[i] + bias[i];
    }
    return y;
  }
}

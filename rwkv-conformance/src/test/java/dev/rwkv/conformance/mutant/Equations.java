package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.Norm;

/** The equations of RWKV-4 in f32, as plainly as they can be written; see docs/notation.md. */
class Equations {

  /** e^x. */
  protected float exp(float x) {
    return (float) Math.exp(x);
  }

  /** Σ w_i x_i. */
  protected float dot(float[] w, float[] x) {
    float sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += w[i] * x[i];
    }
    return sum;
  }

  /** W·x, one dot product for each row. */
  protected float[] multiply(float[][] matrix, float[] x) {
    float[] y = new float[matrix.length];
    for (int row = 0; row < y.length; row++) {
      y[row] = dot(matrix[row], x);
    }
    return y;
  }

  /** (x − mean) / √(variance + ε) · gain + bias. */
  protected float[] layerNorm(Norm norm, float[] x) {
    float mean = 0;
    for (float each : x) {
      mean += each / x.length;
    }
    float variance = 0;
    for (float each : x) {
      variance += (each - mean) * (each - mean) / x.length;
    }
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] =
          (x[i] - mean) / (float) Math.sqrt(variance + norm.epsilon()) * norm.weight()[i]
              + norm.bias()[i];
    }
    return y;
  }

  /** μx + (1 − μ)x'. */
  protected float[] tokenShift(float[] mix, float[] x, float[] previous) {
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = mix[i] * x[i] + (1 - mix[i]) * previous[i];
    }
    return y;
  }

  /** 1 / (1 + e^−x). */
  protected float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  /** σ(r) ⊙ y. */
  protected float[] gate(float[] r, float[] y) {
    float[] gated = new float[y.length];
    for (int i = 0; i < gated.length; i++) {
      gated[i] = sigmoid(r[i]) * y[i];
    }
    return gated;
  }

  /** max(k, 0)². */
  protected float[] squaredRelu(float[] k) {
    float[] y = new float[k.length];
    for (int i = 0; i < y.length; i++) {
      float positive = Math.max(k[i], 0);
      y[i] = positive * positive;
    }
    return y;
  }

  /** x + y. */
  protected float[] add(float[] x, float[] y) {
    float[] sum = new float[x.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = x[i] + y[i];
    }
    return sum;
  }

  /**
   * Stabilised WKV of one token (eq. 23 to 28); numerator, denominator and exponent move on.
   *
   * @param w decay
   * @param u bonus
   */
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] wkv = new float[k.length];
    for (int c = 0; c < wkv.length; c++) {
      float p = state.exponent[c];
      float a = state.numerator[c];
      float b = state.denominator[c];
      float q = Math.max(p, u[c] + k[c]);
      float past = exp(p - q);
      float now = exp(u[c] + k[c] - q);
      wkv[c] = (past * a + now * v[c]) / (past * b + now);
      q = Math.max(p + w[c], k[c]);
      past = exp(p + w[c] - q);
      now = exp(k[c] - q);
      state.numerator[c] = past * a + now * v[c];
      state.denominator[c] = past * b + now;
      state.exponent[c] = q;
    }
    return wkv;
  }

  /** Naive WKV of one token (eq. 19 to 22); the exponent is 0. */
  protected float[] naiveWkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] wkv = new float[k.length];
    for (int c = 0; c < wkv.length; c++) {
      float now = exp(u[c] + k[c]);
      wkv[c] = (state.numerator[c] + now * v[c]) / (state.denominator[c] + now);
      state.numerator[c] = exp(w[c]) * state.numerator[c] + exp(k[c]) * v[c];
      state.denominator[c] = exp(w[c]) * state.denominator[c] + exp(k[c]);
    }
    return wkv;
  }
}

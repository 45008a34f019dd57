package dev.rwkv.reference;

/**
 * The equations in single precision, as an honest backend would write them: plain loops, with one
 * of several orders of summation and of several usual ways of writing the same formula.
 */
record FloatEquations(FloatDot dot) {

  float[] tokenShift(float[] mix, float[] x, float[] previous) {
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] =
          switch (dot) {
            case SEQUENTIAL, REVERSED -> mix[i] * x[i] + (1 - mix[i]) * previous[i];
            case PAIRWISE -> previous[i] + mix[i] * (x[i] - previous[i]);
            case EIGHT_LANES, FMA -> Math.fma(mix[i], x[i] - previous[i], previous[i]);
          };
    }
    return y;
  }

  float[] layerNorm(float[] weight, float[] bias, float epsilon, float[] x) {
    float mean = dot.mean(x);
    float[] d = new float[x.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = x[i] - mean;
    }
    float variance = dot.of(d, d) / d.length;
    float inverse = 1 / (float) Math.sqrt(variance + epsilon);
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] =
          switch (dot) {
            case SEQUENTIAL -> d[i] / (float) Math.sqrt(variance + epsilon) * weight[i] + bias[i];
            case REVERSED, PAIRWISE -> d[i] * inverse * weight[i] + bias[i];
            case EIGHT_LANES -> Math.fma(d[i] * weight[i], inverse, bias[i]);
            case FMA -> (x[i] * inverse - mean * inverse) * weight[i] + bias[i];
          };
    }
    return y;
  }

  float[] multiply(float[][] matrix, float[] x) {
    float[] y = new float[matrix.length];
    for (int r = 0; r < y.length; r++) {
      y[r] = dot.of(matrix[r], x);
    }
    return y;
  }

  float exp(float x) {
    float exact = (float) Math.exp(x);
    // Some are off by one more unit in the last place.
    return dot == FloatDot.PAIRWISE && exact < 1 ? Math.nextDown(exact) : exact;
  }

  float[] gate(float[] r, float[] y) {
    float[] gated = new float[y.length];
    for (int i = 0; i < gated.length; i++) {
      gated[i] = y[i] * (1 / (1 + exp(-r[i])));
    }
    return gated;
  }

  float[] squaredRelu(float[] k) {
    float[] y = new float[k.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(k[i], 0) * Math.max(k[i], 0);
    }
    return y;
  }

  /** One token of WKV; a, b and p are changed in place. */
  float[] wkv(float[] w, float[] u, float[] a, float[] b, float[] p, float[] k, float[] v) {
    float[] wkv = new float[w.length];
    for (int c = 0; c < wkv.length; c++) {
      float s = u[c] + k[c];
      float q = Math.max(p[c], s);
      float e1 = exp(p[c] - q);
      float e2 = exp(s - q);
      wkv[c] = (e1 * a[c] + e2 * v[c]) / (e1 * b[c] + e2);
      q = Math.max(p[c] + w[c], k[c]);
      e1 = exp(p[c] + w[c] - q);
      e2 = exp(k[c] - q);
      a[c] = e1 * a[c] + e2 * v[c];
      b[c] = e1 * b[c] + e2;
      p[c] = q;
    }
    return wkv;
  }

  float[] add(float[] x, float[] y) {
    float[] sum = new float[x.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = x[i] + y[i];
    }
    return sum;
  }

  static double[] widened(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[i];
    }
    return y;
  }

  static float[] narrowed(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }
}

package dev.rwkv.reference;

/** Ways in which an honest backend may sum a dot product in single precision. */
enum FloatDot {
  SEQUENTIAL {
    @Override
    float of(float[] w, float[] x, int n) {
      float sum = 0;
      for (int i = 0; i < n; i++) {
        sum += w[i] * x[i];
      }
      return sum;
    }
  },
  REVERSED {
    @Override
    float of(float[] w, float[] x, int n) {
      float sum = 0;
      for (int i = n - 1; i >= 0; i--) {
        sum += w[i] * x[i];
      }
      return sum;
    }
  },
  PAIRWISE {
    @Override
    float of(float[] w, float[] x, int n) {
      return pairwise(w, x, 0, n);
    }

    private float pairwise(float[] w, float[] x, int from, int to) {
      if (to - from <= 1) {
        return to == from ? 0 : w[from] * x[from];
      }
      int middle = (from + to) >>> 1;
      return pairwise(w, x, from, middle) + pairwise(w, x, middle, to);
    }
  },
  EIGHT_LANES {
    @Override
    float of(float[] w, float[] x, int n) {
      float[] lanes = new float[8];
      for (int i = 0; i < n; i++) {
        lanes[i % 8] = Math.fma(w[i], x[i], lanes[i % 8]);
      }
      return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5]))
          + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
    }
  },
  FMA {
    @Override
    float of(float[] w, float[] x, int n) {
      float sum = 0;
      for (int i = 0; i < n; i++) {
        sum = Math.fma(w[i], x[i], sum);
      }
      return sum;
    }
  };

  abstract float of(float[] w, float[] x, int n);

  float of(float[] w, float[] x) {
    return of(w, x, w.length);
  }

  /** A mean, by the same order of summation. */
  float mean(float[] x) {
    float[] ones = new float[x.length];
    java.util.Arrays.fill(ones, 1);
    return of(ones, x) / x.length;
  }
}

package dev.rwkv.reference;

/**
 * Layer normalisation over the channels, before each half of a block, after the embedding and
 * before the head.
 *
 * <p><em>Computes</em> (x − m)/√(v + ε) ⊙ weight + bias with the mean m and the variance v, in two
 * passes. <em>Shapes</em> all [C]. <em>Bound</em> docs/numerics.md, section Layer norm; it holds
 * for two-pass variances, and for (x·r − m·r) in place of (x − m)·r.
 *
 * @param weight [C]
 * @param bias [C]
 * @param epsilon ε
 */
public record LayerNorm(double[] weight, double[] bias, double epsilon) {
  /** Of 1/√: a square root and a division, or one instruction good to 2 ulp. */
  private static final int INVERSE_ROOT_ROUNDINGS = 4;

  /** Subtraction, two products, decoding a weight, the bias added. */
  private static final int OUTPUT_ROUNDINGS = 5;

  /** The normalised vector. */
  public Bounded apply(Bounded x, ErrorModel errors) {
    int n = x.length();
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x.value(i);
    }
    double mean = sum / n;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double d = x.value(i) - mean;
      squares += d * d;
    }
    double variance = squares / n;
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      y[i] = (x.value(i) - mean) / Math.sqrt(variance + epsilon) * weight[i] + bias[i];
    }
    if (!errors.tracks()) {
      return Bounded.exact(y);
    }
    double meanError = meanError(x, errors);
    double inverse = 1 / Math.sqrt(variance + epsilon);
    // The candidate's ε is rounded, too.
    double sumError = varianceError(x, mean, meanError, errors) + errors.rounded(epsilon, 0);
    double inverseError = inverseError(variance + epsilon, sumError, inverse, errors);
    return errors.activation(
        y,
        i -> {
          double d = Math.abs(x.value(i) - mean);
          double carried = (x.error(i) + meanError) * (inverse + inverseError) + d * inverseError;
          double size =
              (x.reach(i) + Math.abs(mean) + meanError)
                      * (inverse + inverseError)
                      * Math.abs(weight[i])
                  + Math.abs(bias[i]);
          return carried * Math.abs(weight[i])
              + errors.gamma(OUTPUT_ROUNDINGS) * size
              + OUTPUT_ROUNDINGS * errors.underflow() * (1 + Math.abs(weight[i]));
        });
  }

  private static double meanError(Bounded x, ErrorModel errors) {
    int n = x.length();
    double carried = 0;
    double size = 0;
    for (int i = 0; i < n; i++) {
      carried += errors.summand(x.error(i));
      size += x.reach(i);
    }
    return errors.total(carried) / n + errors.gamma(n + 1L) * (size / n) + n * errors.underflow();
  }

  private static double varianceError(Bounded x, double mean, double meanError, ErrorModel errors) {
    int n = x.length();
    double carried = 0;
    double size = 0;
    for (int i = 0; i < n; i++) {
      double d = Math.abs(x.value(i) - mean);
      double e = errors.rounded(d, x.error(i) + meanError);
      carried += errors.summand((2 * d + e) * e);
      size += (d + e) * (d + e);
    }
    return errors.total(carried) / n + errors.gamma(n + 2L) * (size / n) + n * errors.underflow();
  }

  // 1/√ is steepest at the lower end of the interval, and written so that nothing cancels.
  private static double inverseError(double t, double sumError, double inverse, ErrorModel errors) {
    double e = errors.rounded(t, sumError);
    if (!(e < t)) {
      return Double.POSITIVE_INFINITY;
    }
    double root = Math.sqrt(t);
    double lowest = Math.sqrt(t - e);
    double carried = e / (root * lowest * (root + lowest));
    return carried + errors.gamma(INVERSE_ROOT_ROUNDINGS) * (inverse + carried);
  }
}

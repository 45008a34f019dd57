package dev.rwkv.reference;

/**
 * The terms of eq. 16 in one channel: term 0 is the state, term i the span's token i − 1.
 *
 * @param w decay
 * @param u bonus
 * @param origin exponents when the term came: the state's p, the tokens' k; [T + 1]
 * @param numerators the state's a, the tokens' v; [T + 1]
 * @param denominators the state's b, and 1 for every token; [T + 1]
 */
record WkvTerms(double w, double u, Bounded origin, Bounded numerators, Bounded denominators) {

  static WkvTerms of(double w, double u, WkvState state, Bounded[] k, Bounded[] v, int channel) {
    int terms = k.length + 1;
    double[][] values = new double[3][terms];
    double[][] errors = new double[3][terms];
    for (int i = 0; i < terms; i++) {
      Bounded x = i == 0 ? state.p() : k[i - 1];
      Bounded a = i == 0 ? state.a() : v[i - 1];
      values[0][i] = x.value(channel);
      errors[0][i] = x.error(channel);
      values[1][i] = a.value(channel);
      errors[1][i] = a.error(channel);
      values[2][i] = i == 0 ? state.b().value(channel) : 1;
      errors[2][i] = i == 0 ? state.b().error(channel) : 0;
    }
    return new WkvTerms(
        w,
        u,
        Bounded.of(values[0], errors[0]),
        Bounded.of(values[1], errors[1]),
        Bounded.of(values[2], errors[2]));
  }

  /** How many times a term has decayed before the span's token t comes. */
  static int decays(int term, int t) {
    return t - term;
  }

  /** The exponents of all terms that stand before the span's token t; [t + 1]. */
  double[] exponentsBefore(int t) {
    double[] x = new double[t + 1];
    for (int i = 0; i <= t; i++) {
      int decays = decays(i, t);
      x[i] = (decays == 0 ? 0 : decays * w) + origin.value(i); // 0·−∞ is no number
    }
    return x;
  }

  /** Σ e^{x_i − q}·numerator_i. */
  double numerator(double[] x, double q) {
    return sum(x, q, numerators);
  }

  /** Σ e^{x_i − q}·denominator_i. */
  double denominator(double[] x, double q) {
    return sum(x, q, denominators);
  }

  private static double sum(double[] x, double q, Bounded of) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] == Double.NEGATIVE_INFINITY ? 0 : Math.exp(x[i] - q) * of.value(i);
    }
    return sum;
  }
}

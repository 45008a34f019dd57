package dev.rwkv.reference;

/**
 * How far a candidate's WKV may be from eq. 16, however it groups the terms: token by token, in
 * chunks, by a balanced tree, or directly. See docs/numerics.md, section WKV in any order.
 */
record WkvSpanBound(WkvTerms terms, ErrorModel errors) {

  /**
   * |wkv̂_t − wkv_t|.
   *
   * @param x the exponents before token t
   * @param now u + k_t
   * @param q what was subtracted from them
   * @param wkv the oracle's
   */
  double wkv(int t, double[] x, double now, double q, double wkv) {
    double largest = largestKey(t + 1);
    Bounded a = terms.numerators();
    Bounded b = terms.denominators();
    double e =
        terms.origin().error(t + 1)
            + errors.unitRoundoff() * Math.abs(terms.u())
            + exponentError(0, largest);
    double most = WkvStabilisedBound.reach(now - q, e);
    double moved = WkvStabilisedBound.spread(now - q, e) * Math.abs(a.value(t + 1) - wkv);
    double carried = most * a.error(t + 1);
    double size = most * a.reach(t + 1);
    double least = Math.exp(now - q - e);
    double ones = a.reach(t + 1) + 2 + Math.abs(wkv) * 3;
    double worstError = e;
    for (int i = 0; i <= t; i++) {
      e = termError(i, t, largest);
      most = WkvStabilisedBound.reach(x[i] - q, e);
      moved += WkvStabilisedBound.spread(x[i] - q, e) * Math.abs(a.value(i) - wkv * b.value(i));
      carried += most * (a.error(i) + Math.abs(wkv) * b.error(i));
      size += most * a.reach(i);
      least += WkvStabilisedBound.reach(x[i] - q, -e) * Math.max(b.value(i) - b.error(i), 0);
      ones += a.reach(i) + 2 + Math.abs(wkv) * (b.reach(i) + 2);
      worstError = Math.max(worstError, e);
    }
    double lost = 2 * errors.underflow() * (t + 1) * ones * Math.exp(worstError);
    return (moved + carried + errors.gamma(2 * roundings(t) + 1) * size + lost) / least
        + errors.underflow();
  }

  /** |Σ^ − Σ| of the numerator after the span, at the exponent q. */
  double numerator(double[] x, double q) {
    return sum(x, q, terms.numerators());
  }

  /** |Σ^ − Σ| of the denominator after the span, at the exponent q. */
  double denominator(double[] x, double q) {
    return sum(x, q, terms.denominators());
  }

  private double sum(double[] x, double q, Bounded of) {
    int t = x.length - 1;
    double largest = largestKey(t);
    double moved = 0;
    double size = 0;
    double ones = 0;
    double worstError = 0;
    for (int i = 0; i <= t; i++) {
      double e = termError(i, t, largest);
      double most = WkvStabilisedBound.reach(x[i] - q, e);
      moved += WkvStabilisedBound.spread(x[i] - q, e) * Math.abs(of.value(i)) + most * of.error(i);
      size += most * of.reach(i);
      ones += of.reach(i) + 2;
      worstError = Math.max(worstError, e);
    }
    double lost = 2 * errors.underflow() * (t + 1) * ones * Math.exp(worstError);
    return moved + errors.gamma(roundings(t)) * size + lost;
  }

  /** How far the candidate's exponent after the span may be from the oracle's. */
  double exponent() {
    int t = terms.origin().length() - 1;
    double largest = largestKey(t);
    double worst = 0;
    for (int i = 0; i <= t; i++) {
      worst = Math.max(worst, hasWeight(i) ? termError(i, t, largest) : 0);
    }
    return worst;
  }

  private double termError(int term, int t, double largest) {
    int decays = WkvTerms.decays(term, t);
    return (hasWeight(term) ? terms.origin().error(term) : 0)
        + decays * WkvStabilisedBound.decayError(terms.w(), errors)
        + exponentError(decays, largest);
  }

  // What the sums and differences of an exponent may lose, and the exponentials of its parts.
  private double exponentError(int decays, double largest) {
    long hops = decays + 1L;
    double decay = 0;
    if (decays > 0 && terms.w() != Double.NEGATIVE_INFINITY) {
      int levels = 1 + Integer.SIZE - Integer.numberOfLeadingZeros(decays);
      decay = levels * Math.abs(terms.w());
    }
    return 4 * errors.unitRoundoff() * hops * (2 * largest + Math.abs(terms.u()) + decay)
        + errors.logGamma(2L * errors.expRoundings() * hops)
        + hops * errors.underflow();
  }

  private double largestKey(int last) {
    double largest = 0;
    for (int i = 0; i <= last; i++) {
      if (hasWeight(i)) {
        largest = Math.max(largest, terms.origin().reach(i));
      }
    }
    return largest;
  }

  // An empty state has none, whatever its exponent.
  private boolean hasWeight(int term) {
    return terms.numerators().reach(term) != 0 || terms.denominators().reach(term) != 0;
  }

  // A product and a sum for every token that a term goes past, or all the sums at once.
  private static long roundings(int t) {
    return 2L * (t + 2);
  }
}

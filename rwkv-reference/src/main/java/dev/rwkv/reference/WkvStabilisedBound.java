package dev.rwkv.reference;

/**
 * How far a candidate's step of {@link WkvStabilised} may be from the oracle's: docs/numerics.md,
 * section Stabilised WKV, which has the names of the variables.
 */
record WkvStabilisedBound(
    double[] w, double[] u, WkvState state, Bounded k, Bounded v, ErrorModel errors) {
  /** Two in the numerator, two in the denominator, the quotient. */
  private static final int WKV_ROUNDINGS = 5;

  /** The product and the sum. */
  private static final int SUM_ROUNDINGS = 2;

  /** |wkv̂ − wkv| of one channel. */
  double wkv(int c, double wkv) {
    double p = state.p().value(c);
    double a = state.a().value(c);
    double b = state.b().value(c);
    double bonusError = errors.unitRoundoff() * Math.abs(u[c]);
    double s = u[c] + k.value(c);
    double sError = errors.rounded(s, k.error(c) + bonusError);
    double t = s - p; // the new token's weight is e^t times that of the state's sums
    double tError =
        p == Double.NEGATIVE_INFINITY
            ? 0
            : sError
                + errors.unitRoundoff() * (Math.abs(t) + 2 * (state.p().error(c) + sError))
                + errors.logGamma(2L * errors.expRoundings())
                + 2 * errors.underflow();

    double least = Math.max(b - state.b().error(c), 0);
    double stateWeight = 1 / (least + Math.exp(t - tError));
    double tokenWeight = 1 / (least == 0 ? 1 : least * Math.exp(-t - tError) + 1);
    double scale = Math.max(p, s);
    double denominator = Math.exp(p - scale) * b + Math.exp(s - scale);
    double moved =
        spread(-Math.abs(t), tError) * Math.abs(v.value(c) * b - a) / (denominator * denominator);
    double carried =
        moved
            + stateWeight * (state.a().error(c) + (Math.abs(wkv) + moved) * state.b().error(c))
            + tokenWeight * v.error(c);
    double size = stateWeight * state.a().reach(c) + tokenWeight * v.reach(c);
    double lost =
        (stateWeight + tokenWeight)
            * Math.exp(2 * state.p().error(c))
            * (state.a().reach(c)
                + v.reach(c)
                + 2
                + (Math.abs(wkv) + carried) * (state.b().reach(c) + 2));
    return carried + errors.gamma(WKV_ROUNDINGS) * size + errors.underflow() * (2 * lost + 1);
  }

  /**
   * The error of a or b after the step, at the oracle's new exponent.
   *
   * @param old a or b before the step
   * @param token v for a, 1 for b
   */
  double sum(int c, Bounded old, double token, double tokenError) {
    double r = state.p().value(c) + w[c];
    double q = Math.max(r, k.value(c));
    double decayedError = decayedError(c);
    double exponentError = exponent(c);
    double roundings = errors.logGamma(errors.expRoundings());
    double z1 = r - q;
    double z1Error =
        decayedError
            + errors.unitRoundoff() * (Math.abs(z1) + decayedError + exponentError)
            + roundings;
    double z2 = k.value(c) - q;
    double z2Error =
        k.error(c)
            + errors.unitRoundoff() * (Math.abs(z2) + k.error(c) + exponentError)
            + roundings;
    double size =
        reach(z1, z1Error) * old.reach(c) + reach(z2, z2Error) * (Math.abs(token) + tokenError);
    double lost =
        Math.exp(exponentError + state.p().error(c))
            * (old.reach(c) + Math.abs(token) + tokenError + 2);
    return spread(z1, z1Error) * Math.abs(old.value(c))
        + reach(z1, z1Error) * old.error(c)
        + spread(z2, z2Error) * Math.abs(token)
        + reach(z2, z2Error) * tokenError
        + errors.gamma(SUM_ROUNDINGS) * size
        + errors.underflow() * lost;
  }

  /** The error of p after the step: the maximum does not spread errors. */
  double exponent(int c) {
    double r = state.p().value(c) + w[c];
    double rError = decayedError(c);
    double kError = k.error(c);
    if (r + rError < k.value(c) - kError) {
      return kError;
    }
    if (k.value(c) + kError < r - rError) {
      return rError;
    }
    return Math.max(rError, kError);
  }

  /** Of w: the candidate may have rounded time_decay and then computed −exp(time_decay). */
  static double decayError(double w, ErrorModel errors) {
    if (w == 0 || w == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    double stored = errors.unitRoundoff() * Math.abs(Math.log(-w));
    return Math.abs(w) * (Math.expm1(stored) + errors.gamma(errors.expRoundings() + 1L));
  }

  private double decayedError(int c) {
    double r = state.p().value(c) + w[c];
    if (r == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    return errors.rounded(r, state.p().error(c) + decayError(w[c], errors));
  }

  /** The largest e^x̂ for |x̂ − x| ≤ error. */
  static double reach(double x, double error) {
    return x == Double.NEGATIVE_INFINITY ? 0 : Math.exp(x + error);
  }

  /** The largest |e^x̂ − e^x| for |x̂ − x| ≤ error. */
  static double spread(double x, double error) {
    return error < 1 ? Math.exp(x) * Math.expm1(error) : reach(x, error);
  }
}

package dev.rwkv.reference;

/**
 * The gate of time-mix and channel-mix (paper eq. 17, 18): σ(r) ⊙ y, with σ(r) = 1/(1 + e^−r).
 *
 * <p><em>Shapes</em> all of one length. <em>Bound</em> docs/numerics.md, section Gate.
 */
public final class SigmoidGate {
  private SigmoidGate() {}

  /** σ(r) ⊙ y. */
  public static Bounded apply(Bounded receptance, Bounded y, ErrorModel errors) {
    double[] gated = new double[y.length()];
    for (int i = 0; i < gated.length; i++) {
      gated[i] = sigmoid(receptance.value(i)) * y.value(i);
    }
    return errors.activation(
        gated,
        i -> {
          double gate = sigmoid(receptance.value(i));
          double gateError = sigmoidError(receptance.value(i), receptance.error(i), errors);
          double carried = gate * y.error(i) + gateError * y.reach(i);
          return errors.rounded(gated[i], carried);
        });
  }

  /** σ(x). */
  public static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** The bound on a candidate's σ(x), whose argument may be off by {@code error}. */
  public static double sigmoidError(double x, double error, ErrorModel errors) {
    double gate = sigmoid(x);
    // |σ″| ≤ σ′ and σ′ ≤ e^−|x|; the second form where the first would be 0·∞.
    double local =
        error < 1 ? gate * sigmoid(-x) * Math.expm1(error) : Math.exp(error - Math.abs(x));
    double carried = Math.min(1, Math.min(error / 4, local));
    // The exponential, the sum, the quotient.
    return carried
        + errors.gamma(errors.expRoundings() + 2L) * (gate + carried)
        + 2 * errors.underflow();
  }
}

package dev.rwkv.reference;

import dev.rwkv.spi.Wkv4Operator.Numerics;

/**
 * WKV of a span of tokens at once, from any state: eq. 16 with the state as one more term, which
 * stands before the first token of the span.
 *
 * <p><em>Computes</em>, with the span's tokens counted from 0 and a term for the state,
 *
 * <pre>
 *   x_state = t·w + p,  x_i = (t−1−i)·w + k_i for i &lt; t,  x_now = u + k_t
 *   wkv_t = (e^{x_state} a + Σ_{i&lt;t} e^{x_i} v_i + e^{x_now} v_t) / (e^{x_state} b + Σ_{i&lt;t} e^{x_i} + e^{x_now})
 * </pre>
 *
 * with the largest exponent subtracted from all (stabilised), or none (naive, where the state's
 * exponent is 0). The state after the span has the same terms but x_now. <em>Shapes</em> k, v and
 * wkv [T][C], all others [C]. Quadratic in T: long spans are cut. <em>Bound</em> docs/numerics.md,
 * section WKV in any order: it does not depend on how a candidate groups the terms.
 */
public final class WkvParallel {

  /**
   * What a span gives.
   *
   * @param wkv [T][C]
   * @param next the state after the last token
   */
  public record Span(Bounded[] wkv, WkvState next) {}

  private WkvParallel() {}

  /**
   * Consumes a span.
   *
   * @param w decay, [C], not positive
   * @param u bonus, [C]
   * @param k keys, [T][C]
   * @param v values, [T][C]
   */
  public static Span apply(
      double[] w,
      double[] u,
      WkvState state,
      Bounded[] k,
      Bounded[] v,
      Numerics numerics,
      ErrorModel errors) {
    int channels = w.length;
    int tokens = k.length;
    double[][] wkv = new double[tokens][channels];
    double[][] wkvErrors = new double[tokens][channels];
    double[][] next = new double[3][channels];
    double[][] nextErrors = new double[3][channels];
    for (int c = 0; c < channels; c++) {
      WkvTerms terms = WkvTerms.of(w[c], u[c], state, k, v, c);
      WkvSpanBound bound = new WkvSpanBound(terms, errors);
      for (int t = 0; t < tokens; t++) {
        double[] x = terms.exponentsBefore(t);
        double now = u[c] + k[t].value(c);
        double q = numerics == Numerics.STABILISED ? Math.max(largest(x), now) : 0;
        wkv[t][c] =
            (terms.numerator(x, q) + Math.exp(now - q) * v[t].value(c))
                / (terms.denominator(x, q) + Math.exp(now - q));
        if (errors.tracks()) {
          wkvErrors[t][c] = bound.wkv(t, x, now, q, wkv[t][c]);
        }
      }
      double[] x = terms.exponentsBefore(tokens);
      double q = numerics == Numerics.STABILISED ? largest(x) : 0;
      next[0][c] = terms.numerator(x, q);
      next[1][c] = terms.denominator(x, q);
      next[2][c] = q;
      if (errors.tracks()) {
        nextErrors[0][c] = bound.numerator(x, q);
        nextErrors[1][c] = bound.denominator(x, q);
        nextErrors[2][c] = bound.exponent();
      }
    }
    Bounded[] results = new Bounded[tokens];
    for (int t = 0; t < tokens; t++) {
      double[] error = wkvErrors[t];
      results[t] = errors.activation(wkv[t], c -> error[c]);
    }
    return new Span(
        results,
        new WkvState(
            errors.bounded(next[0], c -> nextErrors[0][c]),
            errors.bounded(next[1], c -> nextErrors[1][c]),
            errors.bounded(next[2], c -> nextErrors[2][c])));
  }

  private static double largest(double[] exponents) {
    double largest = exponents[0];
    for (double x : exponents) {
      largest = Math.max(largest, x);
    }
    return largest;
  }
}

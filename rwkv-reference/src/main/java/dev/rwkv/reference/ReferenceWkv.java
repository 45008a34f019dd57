package dev.rwkv.reference;

import dev.rwkv.spi.Wkv4Operator;
import java.util.Arrays;

/** WKV alone, in both forms and both numerics, as conformance tests ask for it. */
final class ReferenceWkv implements Wkv4Operator {

  @Override
  public boolean supports(Form form, Numerics numerics) {
    return true;
  }

  @Override
  public double[] apply(Form form, Numerics numerics, Span span) {
    if (numerics == Numerics.NAIVE) {
      foldExponents(span);
    }
    if (form == Form.PARALLEL) {
      return parallel(span, numerics);
    }
    return numerics == Numerics.NAIVE ? naive(span) : stabilised(span);
  }

  // The naive sums stand at exponent 0.
  private static void foldExponents(Span span) {
    for (int c = 0; c < span.channels(); c++) {
      double p = span.exponent()[c];
      span.numerator()[c] = WkvState.atExponent(span.numerator()[c], p, 0);
      span.denominator()[c] = WkvState.atExponent(span.denominator()[c], p, 0);
      span.exponent()[c] = 0;
    }
  }

  private static double[] naive(Span span) {
    int channels = span.channels();
    double[] wkv = new double[span.keys().length];
    for (int c = 0; c < channels; c++) {
      WkvNaive recurrence = new WkvNaive(span.numerator()[c], span.denominator()[c]);
      for (int at = c; at < wkv.length; at += channels) {
        wkv[at] =
            recurrence.step(span.decay()[c], span.bonus()[c], span.keys()[at], span.values()[at]);
      }
      span.numerator()[c] = recurrence.a();
      span.denominator()[c] = recurrence.b();
    }
    return wkv;
  }

  private static double[] stabilised(Span span) {
    double[] wkv = new double[span.keys().length];
    WkvState state = state(span);
    for (int t = 0; t < span.tokens(); t++) {
      WkvStabilised.Step step =
          WkvStabilised.step(
              span.decay(),
              span.bonus(),
              state,
              row(span.keys(), t, span),
              row(span.values(), t, span),
              ErrorModel.NONE);
      System.arraycopy(step.wkv().values(), 0, wkv, t * span.channels(), span.channels());
      state = step.next();
    }
    moveTo(span, state);
    return wkv;
  }

  private static double[] parallel(Span span, Numerics numerics) {
    double[] wkv = new double[span.keys().length];
    Bounded[] keys = new Bounded[span.tokens()];
    Bounded[] values = new Bounded[span.tokens()];
    for (int t = 0; t < span.tokens(); t++) {
      keys[t] = row(span.keys(), t, span);
      values[t] = row(span.values(), t, span);
    }
    WkvParallel.Span result =
        WkvParallel.apply(
            span.decay(), span.bonus(), state(span), keys, values, numerics, ErrorModel.NONE);
    for (int t = 0; t < span.tokens(); t++) {
      System.arraycopy(result.wkv()[t].values(), 0, wkv, t * span.channels(), span.channels());
    }
    moveTo(span, result.next());
    return wkv;
  }

  private static Bounded row(double[] matrix, int t, Span span) {
    return Bounded.exact(
        Arrays.copyOfRange(matrix, t * span.channels(), (t + 1) * span.channels()));
  }

  private static WkvState state(Span span) {
    return new WkvState(
        Bounded.exact(span.numerator()),
        Bounded.exact(span.denominator()),
        Bounded.exact(span.exponent()));
  }

  private static void moveTo(Span span, WkvState state) {
    System.arraycopy(state.a().values(), 0, span.numerator(), 0, span.channels());
    System.arraycopy(state.b().values(), 0, span.denominator(), 0, span.channels());
    System.arraycopy(state.p().values(), 0, span.exponent(), 0, span.channels());
  }
}

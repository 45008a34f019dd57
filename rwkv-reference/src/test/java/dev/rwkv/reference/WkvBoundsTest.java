package dev.rwkv.reference;

import static dev.rwkv.reference.OperatorBoundsTest.assertWithin;
import static dev.rwkv.reference.OperatorBoundsTest.exact;
import static dev.rwkv.reference.OperatorBoundsTest.gaussian;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.spi.Wkv4Operator.Numerics;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** WKV in single precision stays within its bounds, step by step and for spans in any form. */
class WkvBoundsTest {
  private static final ErrorModel F32 = ErrorModel.F32;

  @Property(tries = 500)
  void stepsOfWkv(
      @ForAll @DoubleRange(min = 0, max = 1e4) double largestKey,
      @ForAll @DoubleRange(min = -20, max = 6) double logDecay,
      @ForAll FloatDot order,
      @ForAll boolean minusInfinity,
      @ForAll long seed) {
    int channels = 3;
    Random random = new Random(seed);
    WkvOperands start = new WkvOperands(channels, minusInfinity ? Float.NEGATIVE_INFINITY : -1e30f);
    float[] u = gaussian(channels, 1, random);
    double[] w = decays(channels, logDecay, random);
    WkvState carried = start.state();
    FloatEquations f = new FloatEquations(order);
    for (int t = 0; t < 20; t++) {
      float[] k = gaussian(channels, largestKey / 3, random);
      float[] v = gaussian(channels, 1, random);
      double[] bonus = FloatEquations.widened(u);
      WkvStabilised.Step one = WkvStabilised.step(w, bonus, start.state(), exact(k), exact(v), F32);
      WkvStabilised.Step all = WkvStabilised.step(w, bonus, carried, exact(k), exact(v), F32);
      float[] wkv = f.wkv(FloatEquations.narrowed(w), u, start.a, start.b, start.p, k, v);
      for (WkvStabilised.Step step : new WkvStabilised.Step[] {one, all}) {
        assertWithin(step.wkv(), wkv);
        start.assertWithin(step.next());
      }
      carried = all.next();
    }
  }

  @Property(tries = 300)
  void spansOfWkvInAnyForm(
      @ForAll @IntRange(min = 1, max = 40) int tokens,
      @ForAll @DoubleRange(min = 0, max = 1e3) double largestKey,
      @ForAll @DoubleRange(min = -20, max = 6) double logDecay,
      @ForAll FloatDot order,
      @ForAll long seed) {
    int channels = 2;
    Random random = new Random(seed);
    WkvOperands candidate = new WkvOperands(channels, -1e30f);
    float[] u = gaussian(channels, 1, random);
    double[] w = decays(channels, logDecay, random);
    float[][] k = new float[tokens][];
    float[][] v = new float[tokens][];
    Bounded[] keys = new Bounded[tokens];
    Bounded[] values = new Bounded[tokens];
    for (int t = 0; t < tokens; t++) {
      k[t] = gaussian(channels, largestKey / 3, random);
      v[t] = gaussian(channels, 1, random);
      keys[t] = exact(k[t]);
      values[t] = exact(v[t]);
    }
    WkvParallel.Span span =
        WkvParallel.apply(
            w,
            FloatEquations.widened(u),
            candidate.state(),
            keys,
            values,
            Numerics.STABILISED,
            F32);
    for (int t = 0; t < tokens; t++) {
      float[] wkv =
          new FloatEquations(order)
              .wkv(
                  FloatEquations.narrowed(w), u, candidate.a, candidate.b, candidate.p, k[t], v[t]);
      assertWithin(span.wkv()[t], wkv);
      assertWithin(span.wkv()[t], direct(FloatEquations.narrowed(w), u, k, v, t));
      assertWithin(span.wkv()[t], byTree(FloatEquations.narrowed(w), u, k, v, t));
    }
    candidate.assertWithin(span.next());
  }

  @Property(tries = 300)
  void naiveSpansThatStayInRange(
      @ForAll @IntRange(min = 1, max = 40) int tokens,
      @ForAll @DoubleRange(min = 0, max = 20) double largestKey,
      @ForAll @DoubleRange(min = -20, max = 0) double logDecay,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] u = gaussian(1, 1, random);
    double[] w = decays(1, logDecay, random);
    float factor = (float) Math.exp((float) w[0]);
    float a = 0;
    float b = 0;
    float[] wkv = new float[tokens];
    Bounded[] keys = new Bounded[tokens];
    Bounded[] values = new Bounded[tokens];
    for (int t = 0; t < tokens; t++) {
      float k = (float) (largestKey * (2 * random.nextDouble() - 1));
      float v = (float) random.nextGaussian();
      keys[t] = Bounded.exact(k);
      values[t] = Bounded.exact(v);
      float now = (float) Math.exp(u[0] + k);
      wkv[t] = (a + now * v) / (b + now);
      a = factor * a + (float) Math.exp(k) * v;
      b = factor * b + (float) Math.exp(k);
    }
    WkvParallel.Span span =
        WkvParallel.apply(
            w, FloatEquations.widened(u), WkvState.empty(1, 0), keys, values, Numerics.NAIVE, F32);
    for (int t = 0; t < tokens; t++) {
      assertWithin(span.wkv()[t], new float[] {wkv[t]});
    }
    assertWithin(span.next().a(), new float[] {a});
    assertWithin(span.next().b(), new float[] {b});
  }

  @Example
  void theBoundOfWkvIsNearItsError() {
    // Keys of ordinary size: a forgotten bonus or a decay off by a millionth must show.
    double[] w = {-0.5};
    double[] u = {0.3};
    WkvState state = new WkvState(Bounded.exact(0.4), Bounded.exact(1.7), Bounded.exact(0.2));
    WkvStabilised.Step step =
        WkvStabilised.step(w, u, state, Bounded.exact(0.1), Bounded.exact(-0.9), F32);
    assertThat(step.wkv().error(0)).isLessThan(4e-6);
    assertThat(step.next().a().error(0)).isLessThan(2e-6);
    assertThat(step.next().b().error(0)).isLessThan(4e-6);
    WkvStabilised.Step other =
        WkvStabilised.step(
            new double[] {-0.5 - 1e-5},
            new double[] {0.3 + 1e-4},
            state,
            Bounded.exact(0.1),
            Bounded.exact(-0.9),
            ErrorModel.NONE);
    assertThat(step.wkv().utilisation(other.wkv().values())).isGreaterThan(1);
    assertThat(step.next().b().utilisation(other.next().b().values())).isGreaterThan(1);
  }

  /** The state of a float candidate. */
  private static final class WkvOperands {
    private final float[] a;
    private final float[] b;
    private final float[] p;

    WkvOperands(int channels, float exponent) {
      a = new float[channels];
      b = new float[channels];
      p = new float[channels];
      Arrays.fill(p, exponent);
    }

    WkvState state() {
      return new WkvState(exact(a), exact(b), exact(p));
    }

    void assertWithin(WkvState expected) {
      for (int c = 0; c < a.length; c++) {
        double wanted = expected.p().value(c);
        assertThat(Math.abs(WkvState.atExponent(a[c], p[c], wanted) - expected.a().value(c)))
            .isLessThanOrEqualTo(expected.a().error(c));
        assertThat(Math.abs(WkvState.atExponent(b[c], p[c], wanted) - expected.b().value(c)))
            .isLessThanOrEqualTo(expected.b().error(c));
        assertThat(Math.abs(p[c] - wanted)).isLessThanOrEqualTo(expected.p().error(c));
      }
    }
  }

  private static float[] direct(float[] w, float[] u, float[][] k, float[][] v, int t) {
    float[] wkv = new float[w.length];
    for (int c = 0; c < wkv.length; c++) {
      float q = u[c] + k[t][c];
      for (int i = 0; i < t; i++) {
        q = Math.max(q, (t - 1 - i) * w[c] + k[i][c]);
      }
      float weight = (float) Math.exp(u[c] + k[t][c] - q);
      float numerator = weight * v[t][c];
      float denominator = weight;
      for (int i = 0; i < t; i++) {
        weight = (float) Math.exp((t - 1 - i) * w[c] + k[i][c] - q);
        numerator += weight * v[i][c];
        denominator += weight;
      }
      wkv[c] = numerator / denominator;
    }
    return wkv;
  }

  /** The state before token t by a balanced tree of compositions, then the token itself. */
  private static float[] byTree(float[] w, float[] u, float[][] k, float[][] v, int t) {
    float[] wkv = new float[w.length];
    for (int c = 0; c < wkv.length; c++) {
      float now = u[c] + k[t][c];
      if (t == 0) {
        wkv[c] = v[t][c];
        continue;
      }
      float[] before = composed(w[c], c, k, v, 0, t);
      float q = Math.max(before[1], now);
      float e1 = (float) Math.exp(before[1] - q);
      float e2 = (float) Math.exp(now - q);
      wkv[c] = (e1 * before[2] + e2 * v[t][c]) / (e1 * before[3] + e2);
    }
    return wkv;
  }

  /** (w, p, a, b) of the tokens [from, to). */
  private static float[] composed(float w, int c, float[][] k, float[][] v, int from, int to) {
    if (to - from == 1) {
      return new float[] {w, k[from][c], v[from][c], 1};
    }
    int middle = (from + to) >>> 1;
    float[] x = composed(w, c, k, v, from, middle);
    float[] y = composed(w, c, k, v, middle, to);
    float p = Math.max(x[1] + y[0], y[1]);
    float e1 = (float) Math.exp(x[1] + y[0] - p);
    float e2 = (float) Math.exp(y[1] - p);
    return new float[] {x[0] + y[0], p, e1 * x[2] + e2 * y[2], e1 * x[3] + e2 * y[3]};
  }

  private static double[] decays(int n, double logDecay, Random random) {
    double[] w = new double[n];
    for (int i = 0; i < n; i++) {
      w[i] = -Math.exp(logDecay + random.nextDouble());
    }
    return w;
  }
}

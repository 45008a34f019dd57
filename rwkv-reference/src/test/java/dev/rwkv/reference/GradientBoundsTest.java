package dev.rwkv.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/**
 * Appendix H of the paper: the gradients of wkv_T with respect to W_v and W_k are bounded for all T
 * alike. Derived in docs/theory.md.
 *
 * <p>Derivatives are central differences of the stabilised recurrence; expectations are taken with
 * the weights of the definition (eq. 16). Tolerances are the oracle's own error bounds divided by
 * the step, the third derivative times the step squared, and the rounding of the weights.
 */
class GradientBoundsTest {
  /** Bounds |x|, and is the same for every T. */
  private static final double LARGEST_INPUT = 3;

  private static final int INPUTS = 3;

  /** wkv is linear in the values: any step gives the derivative. */
  private static final double VALUE_STEP = 1;

  private static final double KEY_STEP = 1e-4 / LARGEST_INPUT;

  /** Weights this far below the largest count for nothing: e^−40 is below the roundoff. */
  private static final double NEGLIGIBLE = 40;

  /**
   * One channel i of time-mix.
   *
   * @param w decay
   * @param u bonus
   * @param x what W_k and W_v are given, [T][INPUTS]
   * @param k keys, [T]
   * @param v values, [T]
   */
  private record Channel(double w, double u, double[][] x, double[] k, double[] v) {

    static Channel random(int tokens, double keys, double w, double bonus, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] keyRow = random.doubles(INPUTS, -keys, keys + 1e-300).toArray();
      double[] valueRow = random.doubles(INPUTS, -2, 2).toArray();
      double[][] x = new double[tokens][INPUTS];
      double[] k = new double[tokens];
      double[] v = new double[tokens];
      for (int t = 0; t < tokens; t++) {
        for (int j = 0; j < INPUTS; j++) {
          double drawn = random.nextDouble(-2 * LARGEST_INPUT, 2 * LARGEST_INPUT);
          x[t][j] = Math.clamp(drawn, -LARGEST_INPUT, LARGEST_INPUT);
        }
        k[t] = DotProduct.value(keyRow, x[t]);
        v[t] = DotProduct.value(valueRow, x[t]);
      }
      return new Channel(w, bonus, x, k, v);
    }

    double[] inputs(int j) {
      return Arrays.stream(x).mapToDouble(row -> row[j]).toArray();
    }

    double largestValue() {
      return Arrays.stream(v).map(Math::abs).max().orElse(0);
    }

    /** d wkv_T / d W_{v,j} for every T, and how far it may be from the truth. */
    Bounded byValueWeight(int j) {
      double[] x = inputs(j);
      return difference(
          wkv(exact(k), moved(v, x, VALUE_STEP)),
          wkv(exact(k), moved(v, x, -VALUE_STEP)),
          VALUE_STEP,
          0);
    }

    /**
     * d wkv_T / d W_{k,j} for every T. The third derivative is the joint cumulant of x, x, x and v,
     * whose size is at most 4·(2X)³·2V.
     */
    Bounded byKeyWeight(int j) {
      double[] x = inputs(j);
      double third = 4 * Math.pow(2 * LARGEST_INPUT, 3) * 2 * largestValue();
      return difference(
          wkv(moved(k, x, KEY_STEP), exact(v)),
          wkv(moved(k, x, -KEY_STEP), exact(v)),
          KEY_STEP,
          KEY_STEP * KEY_STEP / 6 * third);
    }

    private static Bounded exact(double[] values) {
      return Bounded.exact(values);
    }

    private static Bounded moved(double[] from, double[] direction, double step) {
      double[] to = new double[from.length];
      Arrays.setAll(to, t -> from[t] + step * direction[t]);
      ErrorModel errors = ErrorModel.ORACLE;
      // One rounding of the product, one of the sum.
      return errors.bounded(to, t -> errors.rounded(to[t], errors.rounded(step * direction[t], 0)));
    }

    /** wkv_T for every T, [T]. */
    private Bounded wkv(Bounded keys, Bounded values) {
      double[] wkv = new double[k.length];
      double[] error = new double[k.length];
      WkvState state = WkvState.empty(1, Double.NEGATIVE_INFINITY);
      for (int t = 0; t < wkv.length; t++) {
        WkvStabilised.Step step =
            WkvStabilised.step(
                new double[] {w},
                new double[] {u},
                state,
                at(keys, t),
                at(values, t),
                ErrorModel.ORACLE);
        wkv[t] = step.wkv().value(0);
        error[t] = step.wkv().error(0);
        state = step.next();
      }
      return Bounded.of(wkv, error);
    }

    private static Bounded at(Bounded all, int t) {
      return Bounded.of(new double[] {all.value(t)}, new double[] {all.error(t)});
    }

    private static Bounded difference(Bounded plus, Bounded minus, double step, double more) {
      double[] difference = new double[plus.length()];
      double[] error = new double[plus.length()];
      for (int t = 0; t < difference.length; t++) {
        difference[t] = (plus.value(t) - minus.value(t)) / (2 * step);
        error[t] = (plus.error(t) + minus.error(t)) / (2 * step) + more;
      }
      return Bounded.of(difference, error);
    }

    /** The weights of eq. 16 after token T − 1, which sum up to 1. */
    double[] weights(int last) {
      double[] exponents = new double[last + 1];
      Arrays.setAll(exponents, i -> i == last ? u + k[i] : (last - 1 - i) * w + k[i]);
      double largest = Arrays.stream(exponents).max().orElseThrow();
      double[] weights = Arrays.stream(exponents).map(e -> Math.exp(e - largest)).toArray();
      double sum = Arrays.stream(weights).sum();
      return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    /**
     * How far an expectation of numbers of at most 1 may be off: an exponent that counts is the
     * difference of numbers up to twice the largest key.
     */
    double weightRoundoff() {
      double largestKey = Arrays.stream(k).map(Math::abs).max().orElse(0);
      return ErrorModel.ORACLE.gamma(
          16L * (long) (largestKey + Math.abs(u) + NEGLIGIBLE + k.length));
    }
  }

  private static double expectation(double[] weights, double[] of) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * of[i];
    }
    return sum;
  }

  private static double covariance(double[] weights, double[] x, double[] v) {
    double meanX = expectation(weights, x);
    double meanV = expectation(weights, v);
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * (x[i] - meanX) * (v[i] - meanV);
    }
    return sum;
  }

  /** Eq. 32: the gradient is E[x_j], and no larger than the largest |x_j|, for every T alike. */
  @Property(tries = 80)
  void theGradientByTheValueWeightIsAnExpectationOfBoundedInputs(
      @ForAll @IntRange(min = 1, max = 400) int tokens,
      @ForAll @DoubleRange(min = 0, max = 300) double keys,
      @ForAll @DoubleRange(min = -20, max = 6) double logDecay,
      @ForAll @DoubleRange(min = -60, max = 60) double bonus,
      @ForAll long seed) {
    Channel channel = Channel.random(tokens, keys, -Math.exp(logDecay), bonus, seed);
    double roundoff = LARGEST_INPUT * channel.weightRoundoff();
    for (int j = 0; j < INPUTS; j++) {
      Bounded gradient = channel.byValueWeight(j);
      double[] x = channel.inputs(j);
      double largestSoFar = 0;
      for (int t = 0; t < tokens; t++) {
        double tolerance = gradient.error(t) + roundoff;
        assertThat(tolerance)
            .as("tolerance after %d tokens", t + 1)
            .isLessThan(1e-6 * LARGEST_INPUT);
        assertThat(gradient.value(t))
            .as("eq. 32 after %d tokens", t + 1)
            .isCloseTo(expectation(channel.weights(t), x), within(tolerance));
        largestSoFar = Math.max(largestSoFar, Math.abs(x[t]));
        assertThat(Math.abs(gradient.value(t))).isLessThanOrEqualTo(largestSoFar + tolerance);
        assertThat(Math.abs(gradient.value(t))).isLessThanOrEqualTo(LARGEST_INPUT + tolerance);
      }
    }
  }

  /**
   * Eq. 33: the gradient is cov(x_j, v), and no larger than a quarter of the range of x_j times
   * that of v, so than max|x_j|·max|v|, for every T alike.
   */
  @Property(tries = 80)
  void theGradientByTheKeyWeightIsACovarianceOfBoundedNumbers(
      @ForAll @IntRange(min = 1, max = 400) int tokens,
      @ForAll @DoubleRange(min = 0, max = 300) double keys,
      @ForAll @DoubleRange(min = -20, max = 6) double logDecay,
      @ForAll @DoubleRange(min = -60, max = 60) double bonus,
      @ForAll long seed) {
    Channel channel = Channel.random(tokens, keys, -Math.exp(logDecay), bonus, seed);
    double largestValue = channel.largestValue();
    double bound = LARGEST_INPUT * largestValue;
    double roundoff = 4 * bound * channel.weightRoundoff();
    for (int j = 0; j < INPUTS; j++) {
      Bounded gradient = channel.byKeyWeight(j);
      double[] x = channel.inputs(j);
      for (int t = 0; t < tokens; t++) {
        double tolerance = gradient.error(t) + roundoff;
        assertThat(tolerance).as("tolerance after %d tokens", t + 1).isLessThan(1e-3 * bound);
        assertThat(gradient.value(t))
            .as("eq. 33 after %d tokens", t + 1)
            .isCloseTo(covariance(channel.weights(t), x, channel.v), within(tolerance));
        double quarter = range(x, t + 1) * range(channel.v, t + 1) / 4;
        assertThat(Math.abs(gradient.value(t))).isLessThanOrEqualTo(quarter + tolerance);
        assertThat(Math.abs(gradient.value(t))).isLessThanOrEqualTo(bound + tolerance);
      }
    }
  }

  private static double range(double[] of, int count) {
    return Arrays.stream(of, 0, count).max().orElseThrow()
        - Arrays.stream(of, 0, count).min().orElseThrow();
  }

  /** So that the bounds are no larger than they must be. */
  @Example
  void bothBoundsAreReached() {
    double[][] x = new double[300][INPUTS];
    for (int t = 0; t < x.length; t++) {
      x[t][0] = t % 2 == 0 ? LARGEST_INPUT : -LARGEST_INPUT;
    }
    double[] k = new double[x.length];
    double[] v = new double[x.length];
    Arrays.setAll(v, t -> t % 2 == 0 ? 5 : -5);
    // Without decay and bonus all tokens weigh the same, and x and v are ±1 of their largest.
    Channel even = new Channel(0, 0, x, k, v);
    Bounded byKey = even.byKeyWeight(0);
    int last = x.length - 1;
    assertThat(byKey.value(last)).isCloseTo(5 * LARGEST_INPUT, within(byKey.error(last) + 1e-9));

    k[4] = 2000; // the only token that counts
    Bounded byValue = new Channel(-1e-3, 0, x, k, v).byValueWeight(0);
    assertThat(byValue.value(last)).isCloseTo(LARGEST_INPUT, within(byValue.error(last) + 1e-12));
  }
}

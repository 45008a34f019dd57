package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.reference.Bounded;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.reference.WkvParallel;
import dev.rwkv.reference.WkvState;
import dev.rwkv.spi.Wkv4Operator.Form;
import dev.rwkv.spi.Wkv4Operator.Numerics;
import dev.rwkv.spi.Wkv4Operator.Span;
import dev.rwkv.vector.OracleTest.Width;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The operator alone, against the oracle's bound, with keys of up to ten thousand. */
class VectorWkv4Test {
  private static final double EMPTY = -1e30f;

  private static double[] numbers(int count, DoubleSupplier next) {
    return DoubleStream.generate(() -> (float) next.getAsDouble()).limit(count).toArray();
  }

  private static Span span(int tokens, int channels, double keyScale, long seed) {
    Random random = new Random(seed);
    double[] exponent = new double[channels];
    Arrays.fill(exponent, EMPTY);
    return new Span(
        tokens,
        channels,
        numbers(channels, () -> -Math.exp(random.nextGaussian() * 2 - 2)),
        numbers(channels, random::nextGaussian),
        numbers(tokens * channels, () -> keyScale * (2 * random.nextDouble() - 1)),
        numbers(tokens * channels, random::nextGaussian),
        new double[channels],
        new double[channels],
        exponent);
  }

  private static Bounded[] rows(double[] values, int tokens, int channels) {
    Bounded[] rows = new Bounded[tokens];
    for (int t = 0; t < tokens; t++) {
      rows[t] = Bounded.exact(Arrays.copyOfRange(values, t * channels, (t + 1) * channels));
    }
    return rows;
  }

  @Property(tries = 150)
  void bothFormsAreWithinTheBoundAndHaveTheSameBits(
      @ForAll @IntRange(min = 1, max = 24) int tokens,
      @ForAll @IntRange(min = 1, max = 40) int channels,
      @ForAll @IntRange(min = -2, max = 4) int magnitude,
      @ForAll Width width,
      @ForAll long seed) {
    double keyScale = Math.pow(10, magnitude);
    VectorWkv4 operator = new VectorWkv4(width.kernels());
    Span parallel = span(tokens, channels, keyScale, seed);
    Span recurrent = span(tokens, channels, keyScale, seed);
    WkvParallel.Span expected =
        WkvParallel.apply(
            parallel.decay(),
            parallel.bonus(),
            WkvState.empty(channels, EMPTY),
            rows(parallel.keys(), tokens, channels),
            rows(parallel.values(), tokens, channels),
            Numerics.STABILISED,
            ErrorModel.F32);

    double[] wkv = operator.apply(Form.PARALLEL, Numerics.STABILISED, parallel);

    assertThat(operator.apply(Form.RECURRENT, Numerics.STABILISED, recurrent)).isEqualTo(wkv);
    assertThat(recurrent.numerator()).isEqualTo(parallel.numerator());
    assertThat(recurrent.denominator()).isEqualTo(parallel.denominator());
    assertThat(recurrent.exponent()).isEqualTo(parallel.exponent());
    for (int t = 0; t < tokens; t++) {
      double[] row = Arrays.copyOfRange(wkv, t * channels, (t + 1) * channels);
      assertThat(expected.wkv()[t].utilisation(row)).as("token " + t).isLessThanOrEqualTo(1);
    }
    WkvState next = expected.next();
    double[] a = new double[channels];
    double[] b = new double[channels];
    for (int c = 0; c < channels; c++) {
      double p = parallel.exponent()[c];
      a[c] = WkvState.atExponent(parallel.numerator()[c], p, next.p().value(c));
      b[c] = WkvState.atExponent(parallel.denominator()[c], p, next.p().value(c));
    }
    assertThat(next.a().utilisation(a)).as("numerator").isLessThanOrEqualTo(1);
    assertThat(next.b().utilisation(b)).as("denominator").isLessThanOrEqualTo(1);
  }

  /**
   * With the same key and value at every token, wkv is that value. The old sums make up at most e^w
   * of the new ones, so that an error of 4u a token in a and b settles at 4u / (1 − e^w) in each.
   */
  @Test
  void constantInputsDoNotDriftInAHundredThousandTokens() {
    VectorWkv4 operator = new VectorWkv4();
    Span span = span(1, 48, 1, 5);
    double[] value = span.values().clone();
    for (int t = 0; t < 100_000; t++) {
      double[] wkv = operator.apply(Form.RECURRENT, Numerics.STABILISED, span);
      for (int c = 0; c < wkv.length && t % 1000 == 0; c++) {
        double bound = 0x1p-21 / -Math.expm1(span.decay()[c]);
        assertThat(Math.abs(wkv[c] / value[c] - 1))
            .as("channel %d after %d tokens", c, t)
            .isLessThanOrEqualTo(bound);
      }
    }
  }

  @Test
  void theNaiveFormIsRefused() {
    VectorWkv4 operator = new VectorWkv4();
    assertThat(operator.supports(Form.PARALLEL, Numerics.NAIVE)).isFalse();
    assertThatThrownBy(() -> operator.apply(Form.PARALLEL, Numerics.NAIVE, span(1, 1, 1, 1)))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}

package dev.rwkv.reference.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.reference.ReferenceProvider;
import dev.rwkv.spi.Wkv4Operator;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The gradients of WKV alone: finite differences, laws that they obey, and extreme operands. */
class WkvGradientsTest {
  private static final Wkv4Operator OPERATOR =
      new ReferenceProvider().operator(Wkv4Operator.class).orElseThrow();

  @Property(tries = 100)
  void allOperandsAgreeWithFiniteDifferences(
      @ForAll @IntRange(min = 1, max = 9) int tokens,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll @DoubleRange(min = 0, max = 1e4) double keySize,
      @ForAll long seed) {
    WkvGradients wkv = random(tokens, channels, keySize, seed);
    Gradients gradients = wkv.gradients(Rounding.DOUBLE);
    // Exponents of 10⁴ are known to 10⁻¹² only, so that differences may be no finer than this.
    double step = 0x1p-8;
    DoubleSupplier loss = () -> loss(wkv, empty(channels));
    double scale = Math.max(1, keySize / 100);
    agrees(WkvGradients.DECAY, loss, wkv.decay(), gradients, step, seed, scale);
    agrees(WkvGradients.BONUS, loss, wkv.bonus(), gradients, step, seed, scale);
    agrees(WkvGradients.KEYS, loss, wkv.keys(), gradients, step, seed, scale);
    agrees(WkvGradients.VALUES, loss, wkv.values(), gradients, step, seed, scale);
  }

  @Property(tries = 50)
  void theStartAgreesWithFiniteDifferences(
      @ForAll @IntRange(min = 1, max = 9) int tokens,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll long seed) {
    WkvGradients wkv = random(tokens, channels, 2, seed);
    double[] key = new SplittableRandom(seed).doubles(channels, -3, 3).toArray();
    double[] value = new SplittableRandom(~seed).doubles(channels, -3, 3).toArray();
    Gradients gradients = wkv.gradients(key, value, Rounding.DOUBLE);
    DoubleSupplier loss =
        () -> {
          double[] one = new double[channels];
          Arrays.fill(one, 1);
          return loss(wkv, new double[][] {value.clone(), one, key.clone()});
        };
    agrees(WkvGradients.START_KEY, loss, key, gradients, 0x1p-10, seed, 1);
    agrees(WkvGradients.START_VALUE, loss, value, gradients, 0x1p-10, seed, 1);
    agrees(WkvGradients.KEYS, loss, wkv.keys(), gradients, 0x1p-10, seed, 1);
    agrees(WkvGradients.DECAY, loss, wkv.decay(), gradients, 0x1p-10, seed, 1);
  }

  private static void agrees(
      String name,
      DoubleSupplier loss,
      double[] x,
      Gradients gradients,
      double step,
      long seed,
      double scale) {
    // Large exponents make f rougher by their own roundings: compare f scaled down.
    DirectionalDerivative.assertAgrees(
        name,
        () -> loss.getAsDouble() / scale,
        x,
        Arrays.stream(gradients.gradient(name)).map(g -> g / scale).toArray(),
        step,
        seed);
  }

  @Property(tries = 200)
  void theLawsOfAWeightedAverageHoldForAnyExponents(
      @ForAll @IntRange(min = 1, max = 40) int tokens,
      @ForAll @DoubleRange(min = 0, max = 1e4) double keySize,
      @ForAll long seed) {
    WkvGradients wkv = random(tokens, 3, keySize, seed);
    Gradients gradients = wkv.gradients(Rounding.DOUBLE);
    for (String name : gradients.names()) {
      assertThat(Arrays.stream(gradients.gradient(name)).allMatch(Double::isFinite))
          .as(name)
          .isTrue();
    }
    double size = Arrays.stream(wkv.outputGradient()).map(Math::abs).sum() * 4;
    double[] byKeys = gradients.gradient(WkvGradients.KEYS);
    double[] byValues = gradients.gradient(WkvGradients.VALUES);
    double valueTimesGradient = 0;
    for (int c = 0; c < 3; c++) {
      double keySum = 0;
      double valueSum = 0;
      double outputSum = 0;
      for (int at = c; at < byKeys.length; at += 3) {
        keySum += byKeys[at];
        valueSum += byValues[at];
        outputSum += wkv.outputGradient()[at];
        valueTimesGradient += byValues[at] * wkv.values()[at];
      }
      // Adding a number to all keys changes nothing; adding one to all values adds it to wkv.
      assertThat(keySum).isCloseTo(0, within(1e-13 * size));
      assertThat(valueSum).isCloseTo(outputSum, within(1e-13 * size));
    }
    // wkv is linear in the values.
    assertThat(valueTimesGradient).isCloseTo(gradients.loss(), within(1e-13 * size));
  }

  @Test
  void arraysOfTheWrongLengthAreRefused() {
    double[] two = new double[2];
    double[] three = new double[3];
    assertThatThrownBy(() -> new WkvGradients(2, three, two, two, two, two))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("decay");
    assertThatThrownBy(() -> new WkvGradients(2, two, two, three, three, three))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("keys");
    assertThatThrownBy(() -> new WkvGradients(0, two, two, three, three, three))
        .isInstanceOf(InvalidArgumentException.class);
    WkvGradients right = new WkvGradients(2, two, two, two, two, two);
    assertThatThrownBy(() -> right.gradients(two, three, Rounding.DOUBLE))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("value");
  }

  /** Decays between 0 and e⁶, some of them exactly 0. */
  static WkvGradients random(int tokens, int channels, double keySize, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] decay = random.doubles(channels, -9, 6).map(d -> d < -8 ? 0 : -Math.exp(d)).toArray();
    int size = tokens * channels;
    return new WkvGradients(
        channels,
        decay,
        random.doubles(channels, -3, 3).toArray(),
        random.doubles(size, -1, 1).map(k -> k * keySize).toArray(),
        random.doubles(size, -2, 2).toArray(),
        random.doubles(size, -1, 1).toArray());
  }

  private static double[][] empty(int channels) {
    double[] exponent = new double[channels];
    Arrays.fill(exponent, -1e30);
    return new double[][] {new double[channels], new double[channels], exponent};
  }

  private static double loss(WkvGradients wkv, double[][] state) {
    double[] y =
        OPERATOR.apply(
            Wkv4Operator.Form.PARALLEL,
            Wkv4Operator.Numerics.STABILISED,
            new Wkv4Operator.Span(
                wkv.keys().length / wkv.channels(),
                wkv.channels(),
                wkv.decay(),
                wkv.bonus(),
                wkv.keys(),
                wkv.values(),
                state[0],
                state[1],
                state[2]));
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += y[i] * wkv.outputGradient()[i];
    }
    return sum;
  }
}

package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.train.LearningRate.Shape;
import dev.rwkv.train.LearningRate.WarmUp;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LearningRateTest {

  @Test
  void theModelOf169MHasTheRatesOfTable3() {
    LearningRate table = new LearningRate(6e-4, 1e-5, Shape.EXPONENTIAL, 361, WarmUp.CONSTANT);

    assertThat(table.ofSteps(0, 8043)).isEqualTo(6e-4);
    assertThat(table.ofSteps(360, 8043)).isEqualTo(6e-4);
    assertThat(table.ofSteps(361, 8043)).isEqualTo(6e-4);
    assertThat(table.ofSteps(8043, 8043)).isCloseTo(1e-5, within(1e-18));
    // Half way in steps is half way in the logarithm.
    assertThat(table.ofSteps((361 + 8043) / 2, 8043))
        .isCloseTo(Math.sqrt(6e-4 * 1e-5), within(1e-9));
  }

  @Property
  void anExponentialFallHasTheSameRatioInEveryStep(
      @ForAll @IntRange(min = 3, max = 500) int steps) {
    LearningRate rate = new LearningRate(0.01, 0.001, Shape.EXPONENTIAL, 0, WarmUp.LINEAR);
    double ratio = Math.pow(0.1, 1.0 / steps);

    for (int step = 1; step < steps; step++) {
      assertThat(rate.ofSteps(step, steps) / rate.ofSteps(step - 1, steps))
          .isCloseTo(ratio, within(1e-12));
    }
  }

  @Test
  void aLinearWarmUpRisesByEqualSteps() {
    LearningRate rate = new LearningRate(0.01, 0.001, Shape.CONSTANT, 4, WarmUp.LINEAR);

    for (int step = 0; step < 4; step++) {
      assertThat(rate.ofSteps(step, 10)).isCloseTo(0.0025 * (step + 1), within(1e-17));
    }
    assertThat(rate.ofSteps(9, 10)).isEqualTo(0.01);
  }

  @Test
  void aCosineIsSymmetricAboutItsMiddle() {
    LearningRate rate = new LearningRate(0.5, 0.1, Shape.COSINE, 0, WarmUp.LINEAR);

    assertThat(rate.at(0, 0)).isEqualTo(0.5);
    assertThat(rate.at(0, 0.5)).isCloseTo(0.3, within(1e-12));
    assertThat(rate.at(0, 1)).isCloseTo(0.1, within(1e-12));
    assertThat(rate.at(0, 0.2) + rate.at(0, 0.8)).isCloseTo(0.6, within(1e-12));
  }

  @Test
  void aWarmUpLongerThanTheRunIsNoDivisionByZero() {
    LearningRate rate = new LearningRate(0.01, 0.001, Shape.EXPONENTIAL, 10, WarmUp.LINEAR);

    assertThat(rate.ofSteps(4, 5)).isCloseTo(0.005, within(1e-12));
    assertThat(rate.ofSteps(10, 10)).isEqualTo(0.01);
  }

  @Test
  void ratesThatAreNoneAreRefused() {
    for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new LearningRate(wrong, 1, Shape.COSINE, 0, WarmUp.LINEAR))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> new LearningRate(1, wrong, Shape.COSINE, 0, WarmUp.LINEAR))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }
}

package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class GradientMemoryTest {

  @Test
  void memoryIsLinearInTheLengthOfTheText() {
    heldAfterAStep(100); // classes are loaded
    long one = heldAfterAStep(1000);
    long two = heldAfterAStep(2000);
    long four = heldAfterAStep(4000);
    // What does not depend on the length is the same three times.
    assertThat(two - one).isGreaterThan(1_000_000);
    assertThat((double) (four - two) / (two - one)).isBetween(1.9, 2.1);
  }

  private static long heldAfterAStep(int length) {
    Parameters weights = RandomWeights.of(2, 64, 256, 50, 1);
    Parameters gradients = new Parameters(weights.config());
    Batch batch = RandomWeights.batch(1, length, 50, 1);
    long before = live();
    try (GradientModel model = GradientModel.of(weights.config(), 1)) {
      model.gradients(weights, batch, Regularisation.NONE, gradients);
      model.gradients(weights, batch, Regularisation.NONE, gradients);
      return live() - before;
    }
  }

  private static long live() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}

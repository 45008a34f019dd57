package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.vector.kernel.DropoutKernel;
import dev.rwkv.vector.kernel.GradientKernels;
import dev.rwkv.vector.kernel.Kernels;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {

  @Property(tries = 20)
  void whatIsKeptIsScaledSoThatTheMeanStays(@ForAll int key) {
    int count = 1 << 16;
    float[] x = new float[count];
    Arrays.fill(x, 1f);
    DropoutKernel kernel = GradientKernels.of(Kernels.preferred()).dropout();
    double share = 0.2;
    kernel.drop(
        x, 0, count, 0, key, (int) (share * DropoutKernel.HASHES), (float) (1 / (1 - share)));
    double dropped = 0;
    int pairs = 0;
    for (int i = 0; i < count; i++) {
      assertThat(x[i]).isIn(0f, 1.25f);
      dropped += x[i] == 0 ? 1 : 0;
      pairs += i > 0 && x[i] == 0 && x[i - 1] == 0 ? 1 : 0;
    }
    // Six standard deviations of a binomial count.
    assertThat(dropped / count).isCloseTo(share, within(6 * Math.sqrt(share * 0.8 / count)));
    assertThat((double) pairs / count)
        .isCloseTo(share * share, within(6 * Math.sqrt(0.04 / count)));
  }

  /** The derivative along a random direction, by central differences of the same choice. */
  @Property(tries = 8)
  void gradientsAreThoseOfTheLossWithTheSameChoice(@ForAll long seed) {
    Parameters weights = RandomWeights.of(2, 24, 40, 30, seed);
    Batch batch = RandomWeights.batch(2, 9, 30, seed);
    Regularisation regularisation = new Regularisation(false, 0.4, seed);
    Parameters gradients = new Parameters(weights.config());
    try (GradientModel model = GradientModel.of(weights.config(), 2)) {
      model.gradients(weights, batch, regularisation, gradients);
      Parameters direction = new Parameters(weights.config());
      Random random = new Random(seed);
      double expected = 0;
      double size = 0;
      for (TensorSpec spec : weights.specs()) {
        float[] d = direction.values(spec.name());
        float[] g = gradients.values(spec.name());
        for (int i = 0; i < d.length; i++) {
          d[i] = (float) random.nextGaussian();
          expected += (double) d[i] * g[i];
          size += (double) g[i] * g[i];
        }
      }
      Parameters unwanted = new Parameters(weights.config());
      double step = 1e-3;
      move(weights, direction, step);
      double above = model.gradients(weights, batch, regularisation, unwanted);
      move(weights, direction, -2 * step);
      double below = model.gradients(weights, batch, regularisation, unwanted);
      // The loss is good to about 1e-6, the step's third-order term to about 1e-3 of the slope's
      // size.
      assertThat((above - below) / (2 * step))
          .isCloseTo(expected, within(1e-6 / step + 0.02 * Math.sqrt(size)));
    }
  }

  private static void move(Parameters weights, Parameters direction, double by) {
    for (TensorSpec spec : weights.specs()) {
      float[] w = weights.values(spec.name());
      float[] d = direction.values(spec.name());
      for (int i = 0; i < w.length; i++) {
        w[i] += (float) (by * d[i]);
      }
    }
  }

  @Test
  void anotherSeedIsAnotherChoiceAndNoShareIsNone() {
    Parameters weights = RandomWeights.of(1, 16, 32, 20, 1);
    Batch batch = RandomWeights.batch(1, 8, 20, 1);
    Parameters gradients = new Parameters(weights.config());
    try (GradientModel model = GradientModel.of(weights.config(), 1)) {
      double none = model.loss(weights, batch);
      double one = model.gradients(weights, batch, new Regularisation(false, 0.5, 1), gradients);
      double two = model.gradients(weights, batch, new Regularisation(false, 0.5, 2), gradients);
      assertThat(one).isNotEqualTo(two).isNotEqualTo(none);
      assertThat(model.gradients(weights, batch, new Regularisation(false, 0, 3), gradients))
          .isEqualTo(none);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void aShareIsFromZeroToLessThanOne(double share) {
    assertThatThrownBy(() -> new Regularisation(false, share, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("dropout");
  }
}

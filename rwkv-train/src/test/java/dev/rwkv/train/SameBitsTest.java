package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.vector.kernel.Kernels;
import java.util.List;
import jdk.incubator.vector.VectorShape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A run that is resumed elsewhere must go on with the same bits. */
class SameBitsTest {

  @Property(tries = 12)
  void threadsAndVectorWidthDoNotChangeABit(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 70) int feedForward,
      @ForAll @IntRange(min = 2, max = 70) int vocabulary,
      @ForAll @IntRange(min = 1, max = 3) int texts,
      @ForAll @IntRange(min = 1, max = 90) int length,
      @ForAll long seed) {
    Parameters weights = RandomWeights.of(2, width, feedForward, vocabulary, seed);
    Batch batch = RandomWeights.batch(texts, length, vocabulary, seed);
    Regularisation regularisation = new Regularisation(true, 0.3, seed);
    Parameters expected = new Parameters(weights.config());
    double loss;
    try (GradientModel one = new Rwkv4Gradients(weights.config(), 1)) {
      loss = one.gradients(weights, batch, regularisation, expected);
    }
    for (VectorShape shape :
        List.of(VectorShape.S_128_BIT, VectorShape.S_256_BIT, VectorShape.S_512_BIT)) {
      try (GradientModel other = new Rwkv4Gradients(weights.config(), 3, Kernels.of(shape))) {
        Parameters found = new Parameters(weights.config());
        assertThat(other.gradients(weights, batch, regularisation, found)).isEqualTo(loss);
        assertSame(found, expected);
      }
    }
  }

  @Property(tries = 5)
  void anEarlierBatchLeavesNoTrace(@ForAll long seed) {
    Parameters weights = RandomWeights.of(2, 19, 33, 21, seed);
    Batch batch = RandomWeights.batch(2, 7, 21, seed);
    Parameters expected = new Parameters(weights.config());
    Parameters found = new Parameters(weights.config());
    try (GradientModel fresh = GradientModel.of(weights.config(), 2);
        GradientModel used = GradientModel.of(weights.config(), 2)) {
      fresh.gradients(weights, batch, Regularisation.NONE, expected);
      used.stateGradients(
          weights,
          RandomWeights.state(weights.config(), seed),
          RandomWeights.batch(3, 50, 21, seed + 1),
          new InitialState(weights.config()));
      used.gradients(weights, batch, Regularisation.NONE, found);
    }
    assertSame(found, expected);
  }

  static void assertSame(Parameters found, Parameters expected) {
    for (TensorSpec spec : expected.specs()) {
      assertThat(found.values(spec.name())).as(spec.name()).isEqualTo(expected.values(spec.name()));
    }
  }
}

package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.vector.plan.WorkerTeam;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdamTest {
  private static final int STEPS = 30;

  /** Tensors of odd sizes, one of more than a part of the norm. */
  private static List<Adam.Tensor> tensors(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Adam.Tensor> tensors = new ArrayList<>();
    for (int length : new int[] {1, 7, 1023, 40_001}) {
      float[] weights = new float[length];
      for (int i = 0; i < length; i++) {
        weights[i] = (float) random.nextGaussian();
      }
      tensors.add(
          new Adam.Tensor(
              weights, new float[length], new float[length], new float[length], length > 7));
    }
    return tensors;
  }

  private static void newGradients(List<Adam.Tensor> tensors, SplittableRandom random) {
    for (Adam.Tensor tensor : tensors) {
      for (int i = 0; i < tensor.gradients().length; i++) {
        // From tiny to large: where epsilon matters, and where it does not.
        tensor.gradients()[i] =
            (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-9, 3)));
      }
    }
  }

  @Test
  void stepsAreThoseOfThePublishedAlgorithm() {
    Adam.Options options = new Adam.Options(0.9, 0.99, 1e-8, 0.1);
    List<Adam.Tensor> tensors = tensors(1);
    List<double[][]> expected = new ArrayList<>();
    for (Adam.Tensor tensor : tensors) {
      int length = tensor.weights().length;
      double[][] one = {new double[length], new double[length], new double[length]};
      for (int i = 0; i < length; i++) {
        one[0][i] = tensor.weights()[i];
      }
      expected.add(one);
    }
    SplittableRandom random = new SplittableRandom(2);
    double rate = 1e-3;
    double scale = 0.7;
    try (WorkerTeam team = new WorkerTeam(1)) {
      Adam adam = new Adam(options, tensors, team);
      for (int step = 1; step <= STEPS; step++) {
        newGradients(tensors, random);
        for (int t = 0; t < tensors.size(); t++) {
          byTheBook(tensors.get(t), expected.get(t), step, rate, scale);
        }
        adam.step(step, rate, scale);
      }
    }
    // A step moves a weight by at most about 10 η; its rounding in f32, once a step, is what
    // differs.
    for (int t = 0; t < tensors.size(); t++) {
      for (int i = 0; i < tensors.get(t).weights().length; i++) {
        double weight = expected.get(t)[0][i];
        assertThat((double) tensors.get(t).weights()[i])
            .isCloseTo(weight, within(STEPS * (Math.abs(weight) * 0x1p-23 + 100 * rate * 0x1p-24)));
      }
    }
  }

  private static void byTheBook(
      Adam.Tensor tensor, double[][] expected, int step, double rate, double scale) {
    for (int i = 0; i < expected[0].length; i++) {
      double g = tensor.gradients()[i] * scale;
      double m = 0.9 * expected[1][i] + 0.1 * g;
      double v = 0.99 * expected[2][i] + 0.01 * g * g;
      expected[1][i] = m;
      expected[2][i] = v;
      double meanHat = m / (1 - Math.pow(0.9, step));
      double squareHat = v / (1 - Math.pow(0.99, step));
      double decay = tensor.decays() ? rate * 0.1 * expected[0][i] : 0;
      expected[0][i] -= rate * meanHat / (Math.sqrt(squareHat) + 1e-8) + decay;
    }
  }

  @Test
  void noBitDependsOnTheNumberOfThreads() {
    List<Adam.Tensor> alone = tensors(3);
    List<Double> aloneNorms = run(alone, 1);
    for (int threads : new int[] {2, 3, 5}) {
      List<Adam.Tensor> together = tensors(3);

      assertThat(run(together, threads)).isEqualTo(aloneNorms);
      for (int t = 0; t < alone.size(); t++) {
        assertThat(together.get(t).weights()).isEqualTo(alone.get(t).weights());
        assertThat(together.get(t).second()).isEqualTo(alone.get(t).second());
      }
    }
  }

  private static List<Double> run(List<Adam.Tensor> tensors, int threads) {
    List<Double> norms = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(4);
    try (WorkerTeam team = new WorkerTeam(threads)) {
      Adam adam = new Adam(Adam.Options.PAPER, tensors, team);
      for (int step = 1; step <= 5; step++) {
        newGradients(tensors, random);
        norms.add(adam.gradientNorm());
        adam.step(step, 1e-3, 1);
      }
    }
    return norms;
  }

  @Test
  void theNormIsTheEuclideanOneOfAllGradients() {
    List<Adam.Tensor> tensors = tensors(5);
    newGradients(tensors, new SplittableRandom(6));
    double squares = 0;
    for (Adam.Tensor tensor : tensors) {
      for (float gradient : tensor.gradients()) {
        squares += (double) gradient * gradient;
      }
    }
    try (WorkerTeam team = new WorkerTeam(2)) {
      Adam adam = new Adam(Adam.Options.PAPER, tensors, team);

      assertThat(adam.gradientNorm() / Math.sqrt(squares)).isCloseTo(1, within(1e-12));
      tensors.getLast().gradients()[40_000] = Float.NaN;
      assertThat(adam.gradientNorm()).isNaN();
    }
  }

  @Test
  void theFirstStepIsTheLearningRateWhateverTheGradient() {
    List<Adam.Tensor> tensors = tensors(7);
    float before = tensors.get(1).weights()[3];
    tensors.get(1).gradients()[3] = 12345;
    try (WorkerTeam team = new WorkerTeam(1)) {
      new Adam(Adam.Options.PAPER, tensors, team).step(1, 0.25, 1);
    }
    assertThat(tensors.get(1).weights()[3]).isCloseTo(before - 0.25f, within(1e-6f));
  }
}

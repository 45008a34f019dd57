package dev.rwkv.train;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.vector.plan.WorkerTeam;
import java.util.List;

/**
 * Adam (Kingma, Ba 2014) with bias correction and, if asked for, decoupled weight decay
 * (Loshchilov, Hutter 2017), in f32, as the optimiser that RWKV-LM is trained with.
 *
 * <p>m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; θ −= η (m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε) + ηλθ.
 *
 * <p>Every element is computed alone, and the norm from sums of fixed parts in a fixed order, so
 * that no bit depends on the number of threads. Not thread-safe.
 */
final class Adam {
  private static final int PART = 1 << 14;

  /**
   * What does not change during a run.
   *
   * @param beta1 how much of the mean of gradients is kept, from 0 to less than 1
   * @param beta2 how much of the mean of their squares is kept, from 0 to less than 1
   * @param epsilon what is added to the root, above 0
   * @param weightDecay λ, 0 or more; of matrices only
   */
  record Options(double beta1, double beta2, double epsilon, double weightDecay) {
    /** Those of the paper (appendix G). */
    static final Options PAPER = new Options(0.9, 0.99, 1e-8, 0);

    Options {
      if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
        throw new InvalidArgumentException(
            "beta", beta1 + " and " + beta2 + " are not both from 0 to less than 1");
      }
      if (!(epsilon > 0 && weightDecay >= 0)) {
        throw new InvalidArgumentException(
            "epsilon", epsilon + " must be above 0, and the weight decay not negative");
      }
    }
  }

  /**
   * One array of weights and what belongs to it, all of one length and live.
   *
   * @param weights θ
   * @param gradients g
   * @param first m
   * @param second v
   * @param decays whether the weight decay is meant for it
   */
  record Tensor(
      float[] weights, float[] gradients, float[] first, float[] second, boolean decays) {}

  private final Options options;
  private final List<Tensor> tensors;
  private final WorkerTeam team;

  Adam(Options options, List<Tensor> tensors, WorkerTeam team) {
    this.options = options;
    this.tensors = List.copyOf(tensors);
    this.team = team;
  }

  /** The Euclidean norm of all gradients together; not finite when one of them is not. */
  double gradientNorm() {
    double[][] sums = new double[tensors.size()][];
    for (int t = 0; t < sums.length; t++) {
      sums[t] = new double[Math.ceilDiv(tensors.get(t).gradients().length, PART)];
    }
    team.run(worker -> {
      for (int t = 0; t < sums.length; t++) {
        float[] gradients = tensors.get(t).gradients();
        for (int part = worker; part < sums[t].length; part += team.size()) {
          int from = part * PART;
          sums[t][part] = squares(gradients, from, Math.min(gradients.length, from + PART));
        }
      }
    });
    double total = 0;
    for (double[] ofTensor : sums) {
      for (double sum : ofTensor) {
        total += sum;
      }
    }
    return Math.sqrt(total);
  }

  private static double squares(float[] values, int from, int to) {
    double even = 0;
    double odd = 0;
    int i = from;
    for (; i < to - 1; i += 2) {
      even += (double) values[i] * values[i];
      odd += (double) values[i + 1] * values[i + 1];
    }
    if (i < to) {
      even += (double) values[i] * values[i];
    }
    return even + odd;
  }

  /**
   * One step.
   *
   * @param step the number of the step, from 1
   * @param learningRate η
   * @param gradientScale what every gradient is multiplied with before it is used
   */
  void step(long step, double learningRate, double gradientScale) {
    double firstCorrection = 1 - Math.pow(options.beta1(), (double) step);
    double rootCorrection = Math.sqrt(1 - Math.pow(options.beta2(), (double) step));
    // η m/c₁ / (√v/√c₂ + ε) = (η √c₂/c₁) m / (√v + ε √c₂): one division an element.
    float rate = (float) (learningRate * rootCorrection / firstCorrection);
    float epsilon = (float) (options.epsilon() * rootCorrection);
    float kept = (float) (1 - learningRate * options.weightDecay());
    team.run(worker -> {
      for (Tensor tensor : tensors) {
        int length = tensor.weights().length;
        int from = (int) ((long) length * worker / team.size());
        int to = (int) ((long) length * (worker + 1) / team.size());
        update(tensor, from, to, rate, epsilon, tensor.decays() ? kept : 1, (float) gradientScale);
      }
    });
  }

  private void update(
      Tensor tensor, int from, int to, float rate, float epsilon, float kept, float scale) {
    float[] weights = tensor.weights();
    float[] gradients = tensor.gradients();
    float[] first = tensor.first();
    float[] second = tensor.second();
    float beta1 = (float) options.beta1();
    float beta2 = (float) options.beta2();
    float rest1 = (float) (1 - options.beta1());
    float rest2 = (float) (1 - options.beta2());
    for (int i = from; i < to; i++) {
      float g = gradients[i] * scale;
      float m = beta1 * first[i] + rest1 * g;
      float v = beta2 * second[i] + rest2 * g * g;
      first[i] = m;
      second[i] = v;
      weights[i] = kept * weights[i] - rate * m / ((float) Math.sqrt(v) + epsilon);
    }
  }
}

package dev.rwkv.vector.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The kernels of the way back, over a few tokens: {@link LayerNormGradientKernel}, {@link
 * TokenShiftGradientKernel}, {@link WkvGradientKernel}, {@link GateGradientKernel}, {@link
 * SquaredReluGradientKernel}, {@link CrossEntropyKernel}, {@link DropoutKernel}.
 */
public class GradientBenchmark extends KernelBenchmark {
  /** C. */
  @Param({"768", "2048"})
  public int channels;

  /** T. */
  @Param({"1", "128"})
  public int tokens;

  private float[] x = {};
  private float[] factors = {};
  private float[] denominators = {};
  private float[] gradients = {};
  private float[] result = {};
  private float[] vectors = {};
  private float[] state = {};
  private final float[] partial = new float[16];

  /** Makes operands: derivatives of 0 stay what they are, however often they are added. */
  @Setup
  public void setUp() {
    x = normal(tokens * channels);
    factors = uniform(tokens * channels);
    denominators = uniform(tokens * channels);
    for (int i = 0; i < denominators.length; i++) {
      denominators[i] += 1;
    }
    gradients = new float[tokens * channels];
    result = new float[tokens * channels];
    vectors = new float[4 * channels];
    state = new float[2 * channels];
  }

  private GradientKernels gradientKernels() {
    return GradientKernels.of(kernels());
  }

  /** Derivatives by x, gain and bias. */
  @Benchmark
  public float[] layerNorm() {
    for (int t = 0; t < tokens; t++) {
      int at = t * channels;
      gradientKernels()
          .layerNorm()
          .backward(
              x, at, gradients, at, factors, channels, 0f, 1f, result, at, vectors, state, 0,
              partial);
    }
    return result;
  }

  /** Derivatives by x and μ. */
  @Benchmark
  public float[] tokenShift() {
    TokenShiftGradientKernel kernel = gradientKernels().tokenShift();
    for (int t = 0; t < tokens; t++) {
      int at = t * channels;
      kernel.input(gradients, at, gradients, at, factors, channels, result, at);
      kernel.mix(gradients, at, x, at, factors, at, channels, vectors, 0);
    }
    return result;
  }

  /** The sums once more, and back through the recurrence. */
  @Benchmark
  public float[] wkv() {
    WkvGradientKernel kernel = gradientKernels().wkv();
    kernel.sums(
        x, factors, result, denominators, 0, tokens, channels, state, channels, 0, channels);
    kernel.backward(
        x,
        factors,
        factors,
        result,
        denominators,
        x,
        gradients,
        result,
        0,
        tokens,
        channels,
        vectors,
        0,
        channels,
        0,
        channels);
    return result;
  }

  /** Derivatives by receptance and what it gates. */
  @Benchmark
  public float[] gate() {
    gradientKernels().gate().backward(result, 0, x, 0, gradients, 0, result.length);
    return gradients;
  }

  /** Derivatives by the keys of channel-mix. */
  @Benchmark
  public float[] squaredRelu() {
    gradientKernels().squaredRelu().backward(x, 0, gradients, 0, gradients.length);
    return gradients;
  }

  /** Softmax of every token, without its exponential. */
  @Benchmark
  public double crossEntropy() {
    CrossEntropyKernel kernel = gradientKernels().crossEntropy();
    double sum = 0;
    for (int t = 0; t < tokens; t++) {
      sum += kernel.shift(result, t * channels, channels);
      sum += kernel.sum(factors, t * channels, channels, partial);
      kernel.scale(factors, t * channels, channels, 1f);
    }
    return sum;
  }

  /** A fifth is dropped. */
  @Benchmark
  public float[] dropout() {
    int threshold = DropoutKernel.HASHES / 5;
    gradientKernels().dropout().drop(result, 0, result.length, 0, 1, threshold, 1f);
    return result;
  }
}

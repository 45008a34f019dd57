package dev.rwkv.vector.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@link TokenShiftKernel}: one mixture of one token. */
public class TokenShiftBenchmark extends KernelBenchmark {
  /** C. */
  @Param({"768", "2048"})
  public int channels;

  private float[] x = {};
  private float[] previous = {};
  private float[] mix = {};
  private float[] y = {};

  /** Makes operands. */
  @Setup
  public void setUp() {
    x = normal(channels);
    previous = normal(channels);
    mix = uniform(channels);
    y = new float[channels];
  }

  /** y = μ ⊙ x + (1 − μ) ⊙ x'. */
  @Benchmark
  public float[] shift() {
    kernels().tokenShift().shift(x, 0, previous, 0, mix, channels, y, 0);
    return y;
  }
}

package dev.rwkv.vector.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@link ExponentialKernel}: every channel of one token. */
public class ExponentialBenchmark extends KernelBenchmark {
  /** C. */
  @Param({"768", "2048"})
  public int channels;

  private float[] x = {};

  /** Makes operands. */
  @Setup
  public void setUp() {
    x = normal(channels);
  }

  /** x = ±e^−|x|, again and again: it stays between −1 and 1. */
  @Benchmark
  public float[] fall() {
    kernels().exponential().fall(x, 0, channels);
    return x;
  }
}

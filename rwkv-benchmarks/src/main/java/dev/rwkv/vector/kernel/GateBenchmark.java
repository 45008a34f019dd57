package dev.rwkv.vector.kernel;

import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@link GateKernel}: one token. */
public class GateBenchmark extends KernelBenchmark {
  /** C. */
  @Param({"768", "2048"})
  public int channels;

  private float[] r = {};
  private float[] x = {};
  private float[] y = {};

  /** Makes operands: σ(r) = 1, and y nothing beside x, so that both stay what they are. */
  @Setup
  public void setUp() {
    r = new float[channels];
    x = normal(channels);
    y = new float[channels];
    Arrays.fill(y, 1e-20f);
  }

  /** y = σ(r) ⊙ y. */
  @Benchmark
  public float[] gate() {
    kernels().gate().gate(r, 0, y, 0, channels);
    return y;
  }

  /** x = x + y. */
  @Benchmark
  public float[] add() {
    kernels().gate().add(y, 0, x, 0, channels);
    return x;
  }

  /** x = x + σ(r) ⊙ y. */
  @Benchmark
  public float[] addGated() {
    kernels().gate().addGated(r, 0, y, 0, x, 0, channels);
    return x;
  }
}

package dev.rwkv.vector.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@link LayerNormKernel}: one token. */
public class LayerNormBenchmark extends KernelBenchmark {
  /** C. */
  @Param({"768", "2048"})
  public int channels;

  private float[] x = {};
  private float[] gain = {};
  private float[] bias = {};
  private float[] y = {};

  /** Makes operands. */
  @Setup
  public void setUp() {
    x = normal(channels);
    gain = normal(channels);
    bias = normal(channels);
    y = new float[channels];
  }

  /** y = (x − mean) / √(variance + ε) · gain + bias. */
  @Benchmark
  public float[] normalise() {
    kernels().layerNorm().normalise(x, 0, gain, bias, channels, 1e-5, y, 0);
    return y;
  }
}

package dev.rwkv.vector.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@link WkvKernel}: a token, and a span. */
public class WkvBenchmark extends KernelBenchmark {
  /** C. */
  @Param({"768", "2048"})
  public int channels;

  /** T. */
  @Param({"1", "128"})
  public int tokens;

  private float[] decay = {};
  private float[] bonus = {};
  private float[] keys = {};
  private float[] values = {};
  private float[] output = {};
  private float[] carry = {};
  private float[] wkv = {};
  private float[] state = {};

  /** Makes operands. */
  @Setup
  public void setUp() {
    decay = uniform(channels);
    for (int i = 0; i < channels; i++) {
      decay[i] = -decay[i];
    }
    bonus = normal(channels);
    keys = normal(tokens * channels);
    values = normal(tokens * channels);
    output = new float[tokens * channels];
    carry = new float[tokens * channels];
    wkv = new float[tokens * channels];
    state = new float[3 * channels];
  }

  /** Both halves of the recurrence and the exponentials between them. */
  @Benchmark
  public float[] recurrence() {
    exponents();
    kernels().exponential().fall(output, 0, output.length);
    kernels().exponential().fall(carry, 0, carry.length);
    return sums();
  }

  /** p, from keys alone. */
  @Benchmark
  public float[] exponents() {
    kernels()
        .wkv()
        .exponents(
            decay,
            bonus,
            keys,
            output,
            carry,
            0,
            tokens,
            channels,
            state,
            2 * channels,
            0,
            channels);
    return output;
  }

  /** a and b; the factors are those that the last call of another method left, or 0. */
  @Benchmark
  public float[] sums() {
    kernels()
        .wkv()
        .sums(values, output, carry, wkv, 0, tokens, channels, state, 0, channels, 0, channels);
    return wkv;
  }
}

package dev.rwkv.vector.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@link SquaredReluKernel}: the hidden channels of one token. */
public class SquaredReluBenchmark extends KernelBenchmark {
  /** F. */
  @Param({"3072", "8192"})
  public int channels;

  private float[] y = {};
  private float[] live = {};
  private int[] places = {};
  private int[] list = {};
  private float[] values = {};

  /** Makes operands: half of the channels are zero, and the others 1, which stays. */
  @Setup
  public void setUp() {
    y = new float[channels];
    for (int i = 0; i < channels; i++) {
      y[i] = random().nextBoolean() ? 1 : -1;
    }
    live = new float[channels];
    for (int i = 0; i < channels; i++) {
      live[i] = Math.max(y[i], 0);
    }
    places = PanelFormat.places(channels);
    list = new int[channels];
    values = new float[channels];
  }

  /** y = max(y, 0)². */
  @Benchmark
  public float[] activate() {
    kernels().squaredRelu().activate(y, 0, channels);
    return y;
  }

  /** How many channels are zero. */
  @Benchmark
  public int countZeros() {
    return kernels().squaredRelu().countZeros(live, channels);
  }

  /** The channels that are not zero. */
  @Benchmark
  public int listNonZero() {
    return SquaredReluKernel.listNonZero(live, channels, places, list, values);
  }
}

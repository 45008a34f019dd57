package dev.rwkv.vector.kernel;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.VectorShape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;

/** {@link FmaKernel}: the processor's own limit of arithmetic. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class FmaBenchmark extends KernelBenchmark {
  private static final int REPEATS = 4096;
  private FmaKernel kernel = FmaKernel.of(VectorShape.S_128_BIT);

  /** Makes the kernel. */
  @Setup
  public void setUp() {
    kernel = FmaKernel.of(shape());
  }

  /** FMAs in registers. */
  @Benchmark
  public float run(Rates rates) {
    rates.gigaflops += 2e-9 * REPEATS * FmaKernel.CHAINS * kernel.lanes();
    return kernel.run(REPEATS, 0.5f, 0.1f);
  }
}

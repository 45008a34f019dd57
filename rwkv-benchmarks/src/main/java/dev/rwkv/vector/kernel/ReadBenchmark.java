package dev.rwkv.vector.kernel;

import dev.rwkv.vector.plan.WeightMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.VectorShape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** {@link ReadKernel}: the machine's own limit of reading. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ReadBenchmark extends KernelBenchmark {
  private static final int BYTES = 1 << 28;
  private static final int CHUNK = 1 << 16;

  private ReadKernel kernel = ReadKernel.of(VectorShape.S_128_BIT);
  private Arena arena = Arena.global();
  private MemorySegment memory = MemorySegment.NULL;

  /** Makes the kernel and its memory. */
  @Setup
  public void setUp() {
    kernel = ReadKernel.of(shape());
    arena = Arena.ofShared();
    // In the pages that weights lie in.
    memory =
        WeightMemory.mapped(BYTES, arena)
            .orElseGet(() -> arena.allocate(BYTES, CHUNK))
            .fill((byte) 1);
  }

  /** Frees the memory. */
  @TearDown
  public void tearDown() {
    arena.close();
  }

  /** One stream. */
  @Benchmark
  public int oneStream(Rates rates) {
    int vector = kernel.vectorBytes();
    return read(rates, vector, ReadKernel.VECTORS * vector);
  }

  /** Four streams, 16 KiB apart. */
  @Benchmark
  public int fourStreams(Rates rates) {
    return read(rates, CHUNK / ReadKernel.VECTORS, kernel.vectorBytes());
  }

  private int read(Rates rates, int apart, int stride) {
    int steps = CHUNK / (ReadKernel.VECTORS * kernel.vectorBytes());
    int sum = 0;
    for (int at = 0; at < BYTES; at += CHUNK) {
      sum += kernel.read(memory, at, apart, stride, steps);
    }
    rates.gigabytes += 1e-9 * BYTES;
    return sum;
  }
}

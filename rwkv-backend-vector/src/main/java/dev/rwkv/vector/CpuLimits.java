package dev.rwkv.vector;

import dev.rwkv.error.BackendException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.vector.kernel.FmaKernel;
import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.ReadKernel;
import dev.rwkv.vector.plan.WeightMemory;
import dev.rwkv.vector.plan.WorkerTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import jdk.incubator.vector.VectorShape;

/**
 * What a number of threads can get out of this processor at most, measured when asked: bytes read
 * from memory, which bound decoding, and f32 operations, which bound the reading of a prompt.
 *
 * <p>On a shared machine both change from minute to minute: a share of a limit means something only
 * when the limit was measured right before or after. A measurement takes some tens of milliseconds.
 *
 * <p>Owns threads, and memory outside the heap; the caller closes it. For one thread at a time.
 */
public final class CpuLimits implements AutoCloseable {
  /** Memory to read that is large enough for every cache: 1 GiB. */
  public static final long ENOUGH_BYTES = 1L << 30;

  private static final int CHUNK_BYTES = 1 << 16;
  private static final long READ_BYTES = ENOUGH_BYTES;
  private static final int FMA_REPEATS = 4096;
  private static final int FMA_CALLS = 400;
  private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long LONGEST_WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final int CALM_SAMPLES = 3;
  private static final double CALM = 1.05;
  // Sums stay far from infinity.
  private static final float FACTOR = 0.5f;
  private static final float OTHER_FACTOR = 0.1f;

  /** The loops; apart, so that this class can say that there is no Vector API. */
  private static final class Loops {
    static final FmaKernel FMA = FmaKernel.of(Kernels.preferred().shape());
    // One stream of loads of 256 bits, or four of the full width: the better one is the limit.
    static final ReadKernel ONE_STREAM = ReadKernel.of(VectorShape.S_256_BIT);
    static final ReadKernel FOUR_STREAMS = ReadKernel.of(Kernels.preferred().shape());
  }

  private final WorkerTeam team;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final int passes;
  private final double[] results;

  private CpuLimits(int threads, long bytes) {
    long part = Math.max(1, bytes / threads / CHUNK_BYTES) * CHUNK_BYTES;
    passes = (int) Math.max(1, READ_BYTES / (part * threads));
    team = new WorkerTeam(threads);
    results = new double[threads];
    try {
      // In the pages that weights lie in: the limit of a step is what this memory can deliver.
      memory =
          WeightMemory.mapped(part * threads, arena)
              .orElseGet(() -> arena.allocate(part * threads, WeightMemory.ALIGNMENT));
      // Each thread its own part, where that is a different memory; and no page stays the page of
      // zeros, which is in the cache.
      team.run(worker -> memory.asSlice(worker * part, part).fill((byte) (worker + 1)));
    } catch (OutOfMemoryError e) {
      close();
      throw new BackendException(
          "there is no memory to measure the read bandwidth in: "
              + (bytes >> 20)
              + " MiB are wanted, use less",
          e);
    }
  }

  /**
   * Starts threads and warms up, which takes about a second.
   *
   * @param threads how many read and compute together, the caller's among them
   * @param bytes memory to read from, all threads together; less than several times the last cache
   *     measures the cache; see {@link #ENOUGH_BYTES}
   * @throws InvalidArgumentException if {@code threads} is not in [1, {@value
   *     LoadOptions#MAX_THREADS}], or {@code bytes} not positive
   * @throws BackendException if there is no Vector API, or not enough memory
   */
  public static CpuLimits of(int threads, long bytes) {
    if (threads < 1 || threads > LoadOptions.MAX_THREADS) {
      throw new InvalidArgumentException(
          "threads", threads + " is not between 1 and " + LoadOptions.MAX_THREADS);
    }
    if (bytes < 1) {
      throw new InvalidArgumentException("bytes", bytes + " is no amount of memory to read");
    }
    new VectorProvider()
        .availability()
        .reason()
        .ifPresent(reason -> {
          throw new BackendException("the limits of the CPU cannot be measured: " + reason);
        });
    CpuLimits limits = new CpuLimits(threads, bytes);
    try {
      warmUp(limits::readBytesPerSecond);
      warmUp(limits::operationsPerSecond);
      return limits;
    } catch (RuntimeException | Error e) {
      limits.close();
      throw e;
    }
  }

  // Until the just-in-time compiler has nothing more to give.
  private static void warmUp(DoubleSupplier rate) {
    long start = System.nanoTime();
    long elapsed = 0;
    double best = 0;
    int calm = 0;
    while (elapsed < LONGEST_WARM_UP_NANOS && (elapsed < WARM_UP_NANOS || calm < CALM_SAMPLES)) {
      double now = rate.getAsDouble();
      calm = now < best * CALM ? calm + 1 : 0;
      best = Math.max(best, now);
      elapsed = System.nanoTime() - start;
    }
  }

  /** The threads that work together. */
  public int threads() {
    return team.size();
  }

  /** The rate at which all threads together read memory, in bytes per second. */
  public double readBytesPerSecond() {
    return Math.max(read(Loops.ONE_STREAM, true), read(Loops.FOUR_STREAMS, false));
  }

  private double read(ReadKernel kernel, boolean sideBySide) {
    int step = ReadKernel.VECTORS * kernel.vectorBytes();
    int apart = sideBySide ? kernel.vectorBytes() : CHUNK_BYTES / ReadKernel.VECTORS;
    int stride = sideBySide ? step : kernel.vectorBytes();
    long part = memory.byteSize() / team.size();
    long start = System.nanoTime();
    team.run(worker -> {
      int sum = 0;
      for (int pass = 0; pass < passes; pass++) {
        for (long at = 0; at < part; at += CHUNK_BYTES) {
          sum += kernel.read(memory, worker * part + at, apart, stride, CHUNK_BYTES / step);
        }
      }
      results[worker] = sum;
    });
    return perSecond((double) memory.byteSize() * passes, start);
  }

  /**
   * The rate at which all threads together multiply and add f32 numbers in registers, in operations
   * per second; an FMA counts as two.
   */
  public double operationsPerSecond() {
    long start = System.nanoTime();
    team.run(worker -> {
      float sum = 0;
      for (int i = 0; i < FMA_CALLS; i++) {
        sum += Loops.FMA.run(FMA_REPEATS, FACTOR, OTHER_FACTOR);
      }
      results[worker] = sum;
    });
    double perThread = 2.0 * FMA_CALLS * FMA_REPEATS * FmaKernel.CHAINS * Loops.FMA.lanes();
    return perSecond(perThread * team.size(), start);
  }

  private static double perSecond(double amount, long startNanos) {
    return amount / Math.max(1, System.nanoTime() - startNanos) * 1e9;
  }

  /** Ends the threads and frees the memory. Closing again does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      team.close();
      arena.close();
    }
  }
}

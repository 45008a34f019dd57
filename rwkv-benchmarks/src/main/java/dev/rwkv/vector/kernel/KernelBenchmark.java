package dev.rwkv.vector.kernel;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.VectorShape;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What benchmarks of kernels have in common: microseconds per call, the vector width, operands.
 *
 * <p>Many kernels work in place and are called a million times: operands are chosen so that numbers
 * neither grow nor become subnormal on the way.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public abstract class KernelBenchmark {
  private static final long SEED = 1;

  private final Random random = new Random(SEED);

  /** Bits of a vector. Wider ones than the processor has work, and are slow. */
  @Param({"128", "256", "512"})
  public int bits;

  /** Made for benchmarks alone. */
  protected KernelBenchmark() {}

  /** The kernels of this width. */
  protected final Kernels kernels() {
    return Kernels.of(shape());
  }

  /** The width. */
  protected final VectorShape shape() {
    return VectorShape.forBitSize(bits);
  }

  /** Normally distributed numbers. */
  protected final float[] normal(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Numbers between 0 and 1. */
  protected final float[] uniform(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  /** Where operands are chosen by chance. */
  protected final Random random() {
    return random;
  }
}

package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.KernelBenchmark;
import dev.rwkv.vector.kernel.PanelFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A random matrix in panels, and what it is multiplied with. Calls per second, with gigabytes and
 * gigaflops beside them: the numbers to compare with {@code ReadBenchmark} and {@code
 * FmaBenchmark}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public abstract class PanelOperands extends KernelBenchmark {
  static final int COLUMNS = 1024; // whole blocks

  // Small numbers of either sign, whatever the bits that chance gives.
  private static final int SMALL_BF16 = 0x3c00;
  private static final int SMALL_F16 = 0x2800;
  private static final int SIGN_AND_FRACTION_BF16 = 0x807f;
  private static final int SIGN_AND_FRACTION_F16 = 0x83ff;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private @Nullable Arena arena;

  /** Made for benchmarks alone. */
  protected PanelOperands() {}

  /** A matrix of about this many bytes, at least one panel. */
  final PanelMatrix matrix(PanelFormat format, long bytes) {
    int height = kernels().panelRows();
    long panelBytes = format.panelBytes(height, COLUMNS);
    int panels = (int) Math.max(1, bytes / panelBytes);
    Arena memory = Arena.ofShared();
    arena = memory;
    MemorySegment data =
        WeightMemory.mapped(panels * panelBytes, memory)
            .orElseGet(() -> memory.allocate(panels * panelBytes, WeightMemory.ALIGNMENT));
    fill(data, format, height);
    return new PanelMatrix(data, panels * height, PanelFormat.places(COLUMNS), format, kernels());
  }

  private static void fill(MemorySegment data, PanelFormat format, int height) {
    SplittableRandom random = new SplittableRandom(2);
    long stride = format.stride(height);
    for (long at = 0; at < data.byteSize(); at += stride) {
      MemorySegment part = data.asSlice(at, stride);
      switch (format) {
        case F32 -> floats(part, random);
        case BF16 -> shorts(part, SMALL_BF16, SIGN_AND_FRACTION_BF16, random);
        case F16 -> shorts(part, SMALL_F16, SIGN_AND_FRACTION_F16, random);
        default -> {
          byte[] bits = new byte[(int) stride];
          random.nextBytes(bits);
          part.copyFrom(MemorySegment.ofArray(bits));
          shorts(
              part.asSlice(0, format.fifthBitsAt(height)),
              SMALL_F16,
              SIGN_AND_FRACTION_F16,
              random);
        }
      }
    }
  }

  private static void floats(MemorySegment part, SplittableRandom random) {
    for (long i = 0; i < part.byteSize(); i += Float.BYTES) {
      part.set(FLOAT, i, (float) random.nextDouble(-1, 1));
    }
  }

  private static void shorts(
      MemorySegment part, int exponent, int chance, SplittableRandom random) {
    for (long i = 0; i < part.byteSize(); i += Short.BYTES) {
      part.set(SHORT, i, (short) (exponent | (random.nextInt() & chance)));
    }
  }

  /** Operations of a product with so many tokens. */
  static double gigaflops(PanelMatrix matrix, int columns, int tokens) {
    return 2e-9 * matrix.rows() * columns * tokens;
  }

  /** Frees the matrix. */
  @TearDown(Level.Trial)
  public void tearDown() {
    if (arena != null) {
      arena.close();
    }
  }
}

package dev.rwkv.vector.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.PanelFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers in panels become the floats that they are, whatever their size and place. */
class PanelPackerTest {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int MAGNITUDES = Float.floatToFloat16(PanelFormat.HALF_LIMIT);
  private static final int SIGN = 0x8000;
  private static final int COLUMNS = 64;
  private static final int[] PLACES = PanelFormat.places(COLUMNS);
  private static final int BLOCK = DType.QUANT_BLOCK;

  private static Stream<Integer> widths() {
    return Stream.of(128, 256, 512);
  }

  private static Stream<Arguments> widthsAndBlocks() {
    return widths()
        .flatMap(width ->
            Stream.of(PanelFormat.values())
                .filter(PanelFormat::isQuantised)
                .map(format -> Arguments.of(width, format)));
  }

  @ParameterizedTest
  @MethodSource("widths")
  void everyHalfBelowTheLimitIsExact(int width) {
    int rows = 2 * MAGNITUDES / COLUMNS;
    MemorySegment data = memory(DType.F16, rows, COLUMNS);
    for (int i = 0; i < rows * COLUMNS; i++) {
      data.set(SHORT, 2L * i, (short) (i / 2 | i % 2 * SIGN));
    }
    TensorView matrix = matrix(DType.F16, rows, COLUMNS, data);
    Kernels kernels = Kernels.of(VectorShape.forBitSize(width));
    int height = kernels.panelRows();
    float[] sums = new float[height];
    int band = kernels.tile().bandRows();
    float[][] unpacked = new float[height / band][band];
    for (int row = 0; row < rows; row += height) {
      MemorySegment panel = packed(matrix, row, PanelFormat.F16, height);
      for (int c = 0; c < COLUMNS; c++) {
        kernels
            .panel(PanelFormat.F16)
            .multiply(
                panel, 0, 0, new int[] {PLACES[c]}, 1, new float[] {1}, new float[0], sums, 0);
        kernels.panel(PanelFormat.F16).unpack(panel, 0, PLACES, c, 1, unpacked);
        for (int r = 0; r < Math.min(height, rows - row); r++) {
          double expected = matrix.get((long) (row + r) * COLUMNS + c);
          assertThat(sums[r] == expected).as("row %d, column %d", row + r, c).isTrue();
          assertThat(unpacked[r / band][r % band] == expected)
              .as("row %d, column %d", row + r, c)
              .isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = PanelFormat.class,
      names = {"F32", "BF16", "F16"})
  void everyColumnLiesWhereItsPlaceIs(PanelFormat format) {
    Kernels kernels = Kernels.preferred();
    int height = kernels.panelRows();
    int band = kernels.tile().bandRows();
    Random random = new Random(5);
    for (int columns : new int[] {1, 2, 3, 63, 64, 65, 66, 127, 131, 192}) {
      int[] places = PanelFormat.places(columns);
      assertThat(IntStream.of(places).sorted().toArray())
          .isEqualTo(IntStream.range(0, columns).toArray());
      MemorySegment data = memory(format.dtype(), height, columns);
      for (long at = 0; at < data.byteSize(); at += Short.BYTES) {
        data.set(SHORT, at, small(random));
      }
      TensorView matrix = matrix(format.dtype(), height, columns, data);
      MemorySegment panel =
          Arena.ofAuto().allocate(format.panelBytes(height, columns), WeightMemory.ALIGNMENT);
      assertThat(pack(matrix, 0, format, panel, height)).isTrue();
      float[][] unpacked = new float[height / band][columns * band];
      kernels.panel(format).unpack(panel, 0, places, 0, columns, unpacked);
      for (int i = 0; i < height * columns; i++) {
        int row = i / columns;
        int column = i % columns;
        assertThat((double) unpacked[row / band][column * band + row % band])
            .as("%d columns, row %d, column %d", columns, row, column)
            .isEqualTo(matrix.get(i));
      }
    }
  }

  // Small in every format.
  private static short small(Random random) {
    return (short) (0x2800 | (random.nextInt() & 0x83ff));
  }

  @ParameterizedTest
  @MethodSource("widthsAndBlocks")
  void everyElementOfABlockIsRoundedOnce(int width, PanelFormat format) {
    Kernels kernels = Kernels.of(VectorShape.forBitSize(width));
    int height = kernels.panelRows();
    int band = kernels.tile().bandRows();
    int columns = 2 * BLOCK;
    Random random = new Random(7);
    MemorySegment data = memory(format.dtype(), 2 * height, columns);
    int blockBytes = format.dtype().blockBytes();
    for (long at = 0; at < data.byteSize(); at += blockBytes) {
      byte[] bits = new byte[blockBytes];
      random.nextBytes(bits);
      MemorySegment block = data.asSlice(at, blockBytes).copyFrom(MemorySegment.ofArray(bits));
      for (int i = 0; i < (format.hasMinimum() ? 2 : 1); i++) {
        block.set(SHORT, 2L * i, small(random));
      }
    }
    TensorView matrix = matrix(format.dtype(), 2 * height, columns, data);
    long bytes = format.panelBytes(height, columns);
    MemorySegment panels = Arena.ofAuto().allocate(2 * bytes, WeightMemory.ALIGNMENT);
    float[][] unpacked = new float[height / band][columns * band];
    for (int panel = 0; panel < 2; panel++) {
      MemorySegment to = panels.asSlice(panel * bytes, bytes);
      assertThat(pack(matrix, panel * height, format, to, height)).isTrue();
    }
    kernels.panel(format).unpack(panels, bytes, new int[0], 0, columns, unpacked);
    ProductScratch scratch = new ProductScratch(kernels);
    float[] product = new float[2 * height];
    for (int c = 0; c < columns; c++) {
      float[] input = new float[columns];
      input[c] = 1;
      float[] sums = scratch.blockSums(input, columns);
      kernels
          .panel(format)
          .multiply(panels, 0, bytes, new int[0], columns, input, sums, product, 0);
      for (int row = 0; row < 2 * height; row++) {
        float expected = (float) matrix.get((long) row * columns + c);
        assertThat(product[row]).as("row %d, column %d", row, c).isEqualTo(expected);
        if (row >= height) {
          int r = row - height;
          assertThat(unpacked[r / band][c * band + r % band])
              .as("row %d, column %d", row, c)
              .isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widthsAndBlocks")
  void everyScaleBelowTheLimitIsExact(int width, PanelFormat format) {
    int rows = 2 * MAGNITUDES;
    MemorySegment data = memory(format.dtype(), rows, BLOCK);
    int blockBytes = format.dtype().blockBytes();
    for (int row = 0; row < rows; row++) {
      MemorySegment block = data.asSlice((long) row * blockBytes, blockBytes);
      block.fill((byte) 0x95);
      block.set(SHORT, 0, (short) (row / 2 | row % 2 * SIGN));
      if (format.hasMinimum()) {
        block.set(SHORT, 2, (short) 0);
      }
    }
    TensorView matrix = matrix(format.dtype(), rows, BLOCK, data);
    Kernels kernels = Kernels.of(VectorShape.forBitSize(width));
    int height = kernels.panelRows();
    int[] all = new int[BLOCK];
    float[] input = new float[BLOCK];
    input[5] = 1;
    float[] sums = new float[height];
    int band = kernels.tile().bandRows();
    float[][] unpacked = new float[height / band][BLOCK * band];
    // Some panels of all: a vector is computed one way or another, whatever its numbers.
    for (int row = 0; row + height <= rows; row += 13 * height) {
      MemorySegment panel = packed(matrix, row, format, height);
      kernels.panel(format).multiply(panel, 0, 0, all, BLOCK, input, new float[] {1}, sums, 0);
      kernels.panel(format).unpack(panel, 0, all, 0, BLOCK, unpacked);
      for (int r = 0; r < height; r++) {
        double expected = matrix.get((long) (row + r) * BLOCK + 5);
        assertThat(sums[r] == expected).as("row %d", row + r).isTrue();
        float weight = unpacked[r / band][5 * band + r % band];
        assertThat(weight == expected).as("row %d", row + r).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = PanelFormat.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "BF16"})
  void whatIsTooLargeDoesNotFit(PanelFormat format) {
    int height = Kernels.preferred().panelRows();
    for (int bits : new int[] {MAGNITUDES, MAGNITUDES | SIGN, 0x7bff, 0x7c00, 0xfc00, 0x7e00}) {
      MemorySegment data = memory(format.dtype(), 3, COLUMNS);
      TensorView matrix = matrix(format.dtype(), 3, COLUMNS, data);
      assertThat(pack(matrix, 0, format, panel(format, height), height)).isTrue();
      data.set(SHORT, 0, (short) bits);
      assertThat(pack(matrix, 0, format, panel(format, height), height)).as("%04x", bits).isFalse();
    }
  }

  @Test
  void minimaThatAreTooLargeDoNotFit() {
    int height = Kernels.preferred().panelRows();
    MemorySegment data = memory(DType.Q4_1, 3, COLUMNS);
    TensorView matrix = matrix(DType.Q4_1, 3, COLUMNS, data);
    data.set(SHORT, 2, (short) (MAGNITUDES | SIGN));
    MemorySegment panel = panel(PanelFormat.Q4_1, height);
    assertThat(pack(matrix, 0, PanelFormat.Q4_1, panel, height)).isFalse();
  }

  private static MemorySegment memory(DType dtype, int rows, int columns) {
    return Arena.ofAuto().allocate(dtype.bytes((long) rows * columns));
  }

  private static TensorView matrix(DType dtype, int rows, int columns, MemorySegment data) {
    return TensorView.of("matrix", dtype, Shape.of(rows, columns), data);
  }

  private static MemorySegment panel(PanelFormat format, int height) {
    return Arena.ofAuto().allocate(format.panelBytes(height, COLUMNS), WeightMemory.ALIGNMENT);
  }

  private static MemorySegment packed(TensorView matrix, int row, PanelFormat format, int height) {
    MemorySegment panel = panel(format, height);
    assertThat(pack(matrix, row, format, panel, height)).isTrue();
    return panel;
  }

  private static boolean pack(
      TensorView matrix, int row, PanelFormat format, MemorySegment panel, int height) {
    return new PanelPacker(height).pack(matrix, row, format, panel);
  }
}

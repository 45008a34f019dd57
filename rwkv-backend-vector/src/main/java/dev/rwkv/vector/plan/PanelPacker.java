package dev.rwkv.vector.plan;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import dev.rwkv.vector.kernel.PanelFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Lays rows of a stored matrix out in panels, as {@link PanelFormat} says. Holds what one thread
 * needs; not thread-safe.
 */
final class PanelPacker {
  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HALF_MAGNITUDE = 0x7fff;
  private static final int HALF_LIMIT = Float.floatToFloat16(PanelFormat.HALF_LIMIT);
  private static final int COLUMNS = 64; // even: then the halves of a panel are halves of each
  private static final int[] IN_HALVES = PanelFormat.places(COLUMNS);

  private final int height;
  private final int lanes;
  private final short[] shorts;
  private final float[] floats;
  private final float[] row = new float[COLUMNS];
  private final int[] ints;
  private final byte[] block;

  /** A packer of panels of this many rows. */
  PanelPacker(int panelRows) {
    height = panelRows;
    lanes = panelRows / PanelFormat.VECTORS;
    shorts = new short[COLUMNS * panelRows];
    floats = new float[COLUMNS * panelRows];
    ints = new int[DType.QUANT_BLOCK * lanes];
    block = new byte[PanelFormat.Q8_0.stride(panelRows)];
  }

  /**
   * Packs rows {@code [row, row + H)}, as many of them as there are.
   *
   * @param matrix the stored matrix, [rows, columns], of the format's type; any real type for f32
   * @param destination the panel
   * @return false if a number of half precision was too large or not finite, see {@link
   *     PanelFormat}; the panel is unusable then
   */
  boolean pack(TensorView matrix, int firstRow, PanelFormat format, MemorySegment destination) {
    int columns = (int) matrix.shape().dim(1);
    int rows = (int) Math.min(height, matrix.shape().dim(0) - firstRow);
    if (format == PanelFormat.F32) {
      packFloats(matrix, firstRow, rows, columns, destination);
      return true;
    }
    return format.isQuantised()
        ? packBlocks(matrix, firstRow, rows, columns, format, destination)
        : packShorts(matrix, firstRow, rows, columns, format, destination);
  }

  private void packFloats(
      TensorView matrix, int firstRow, int rows, int columns, MemorySegment destination) {
    boolean stored = matrix.dtype() == DType.F32;
    for (int c = 0; c < columns; c += COLUMNS) {
      int count = Math.min(COLUMNS, columns - c);
      Arrays.fill(floats, 0);
      for (int r = 0; r < rows; r++) {
        long from = (long) (firstRow + r) * columns + c;
        if (stored) {
          MemorySegment.copy(matrix.data(), FLOAT, from * Float.BYTES, row, 0, count);
        } else {
          matrix.copyTo(from, row, 0, count);
        }
        for (int i = 0; i < count; i++) {
          floats[IN_HALVES[i] * height + r] = row[i];
        }
      }
      copyHalves(floats, c, count, columns, destination, FLOAT);
    }
  }

  /** Columns {@code [from, from + count)}, which lie in halves, to where these go on in a panel. */
  private void copyHalves(
      Object array,
      int from,
      int count,
      int columns,
      MemorySegment destination,
      ValueLayout element) {
    int even = (count + 1) / 2;
    int odd = count - even;
    long column = height * element.byteSize();
    long evenAt = from / 2 * column;
    long oddAt = ((columns + 1) / 2 + from / 2) * column;
    MemorySegment.copy(array, 0, destination, element, evenAt, even * height);
    MemorySegment.copy(array, COLUMNS / 2 * height, destination, element, oddAt, odd * height);
  }

  // A pair of rows, `lanes` apart, shares an int.
  private int shortSlot(int row) {
    int vector = row / lanes;
    return (vector / 2 * lanes + row % lanes) * 2 + vector % 2;
  }

  private boolean packShorts(
      TensorView matrix,
      int firstRow,
      int rows,
      int columns,
      PanelFormat format,
      MemorySegment destination) {
    MemorySegment data = matrix.data();
    boolean halves = format == PanelFormat.F16;
    int largest = 0;
    short[] source = new short[COLUMNS];
    for (int c = 0; c < columns; c += COLUMNS) {
      int count = Math.min(COLUMNS, columns - c);
      Arrays.fill(shorts, (short) 0);
      for (int r = 0; r < rows; r++) {
        long from = (long) (firstRow + r) * columns + c;
        MemorySegment.copy(data, SHORT, from * Short.BYTES, source, 0, count);
        if (halves) {
          for (int i = 0; i < count; i++) {
            largest = Math.max(largest, source[i] & HALF_MAGNITUDE);
            source[i] = inUnits(source[i]);
          }
        }
        int slot = shortSlot(r);
        for (int i = 0; i < count; i++) {
          shorts[IN_HALVES[i] * height + slot] = source[i];
        }
      }
      copyHalves(shorts, c, count, columns, destination, SHORT);
    }
    return !halves || largest < HALF_LIMIT;
  }

  // Exact for what is below the limit.
  private static short inUnits(short half) {
    return Float.floatToFloat16(Float.float16ToFloat(half) * PanelFormat.HALF_UNITS);
  }

  private boolean packBlocks(
      TensorView matrix,
      int firstRow,
      int rows,
      int columns,
      PanelFormat format,
      MemorySegment destination) {
    int blocks = columns / DType.QUANT_BLOCK;
    int blockBytes = format.dtype().blockBytes();
    boolean fit = true;
    for (int b = 0; b < blocks; b++) {
      MemorySegment panel =
          destination.asSlice((long) b * format.stride(height), format.stride(height));
      if (rows < height) {
        panel.fill((byte) 0);
      }
      Arrays.fill(ints, 0);
      Arrays.fill(shorts, 0, height * 2, (short) 0);
      int[] fifths = new int[format.hasFifthBit() ? 4 * lanes : 0];
      for (int r = 0; r < rows; r++) {
        long from = ((long) (firstRow + r) * blocks + b) * blockBytes;
        MemorySegment.copy(matrix.data(), from, MemorySegment.ofArray(block), 0, blockBytes);
        fit &= packBlock(format, r, fifths);
      }
      MemorySegment.copy(shorts, 0, panel, SHORT, 0, format.hasMinimum() ? 2 * height : height);
      if (format.hasFifthBit()) {
        storeDifferences(fifths);
      }
      MemorySegment.copy(fifths, 0, panel, INT, format.fifthBitsAt(height), fifths.length);
      int words = format.bits() == 8 ? ints.length : ints.length / 2;
      MemorySegment.copy(ints, 0, panel, INT, format.elementsAt(height), words);
    }
    return fit;
  }

  // Of fifth bits from what lies in their places, in pairs of columns as they are and shifted by 4.
  private void storeDifferences(int[] fifths) {
    for (int pair = 0; pair < DType.QUANT_BLOCK / 2; pair++) {
      int j = pair % 4;
      for (int lane = 0; lane < lanes; lane++) {
        int nibbles = ints[pair * lanes + lane];
        int even = nibbles & PanelFormat.FIFTH_PLACES;
        int odd = nibbles >>> 4 & PanelFormat.FIFTH_PLACES;
        fifths[pair / 4 * lanes + lane] ^= even << j ^ odd >>> (4 - j);
      }
    }
  }

  // The stored layouts are those of DType.
  private boolean packBlock(PanelFormat format, int row, int[] fifths) {
    MemorySegment source = MemorySegment.ofArray(block);
    int lane = row % lanes;
    int vector = row / lanes;
    short scale = source.get(SHORT, 0);
    shorts[shortSlot(row)] = inUnits(scale);
    boolean fit = (scale & HALF_MAGNITUDE) < HALF_LIMIT;
    int at = Short.BYTES;
    if (format.hasMinimum()) {
      short minimum = source.get(SHORT, at);
      shorts[height + shortSlot(row)] = inUnits(minimum);
      fit &= (minimum & HALF_MAGNITUDE) < HALF_LIMIT;
      at += Short.BYTES;
    }
    if (format.bits() == 8) {
      for (int c = 0; c < DType.QUANT_BLOCK; c++) {
        int q = source.get(JAVA_BYTE, at + c) + format.offset();
        ints[c * lanes + lane] |= q << (8 * vector);
      }
      return fit;
    }
    if (format.hasFifthBit()) {
      int bits = source.get(INT, at);
      for (int c = 0; c < DType.QUANT_BLOCK; c++) {
        int bit = bits >>> c & 1;
        fifths[c / 8 * lanes + lane] |= bit << (8 * vector + 4 * (1 - c % 2) + c / 2 % 4);
      }
      at += Integer.BYTES;
    }
    for (int c = 0; c < DType.QUANT_BLOCK; c++) {
      int pair = source.get(JAVA_BYTE, at + c % 16);
      int q = (c < 16 ? pair : pair >> 4) & 0xf;
      ints[c / 2 * lanes + lane] |= q << (8 * vector + 4 * (c % 2));
    }
    return fit;
  }
}

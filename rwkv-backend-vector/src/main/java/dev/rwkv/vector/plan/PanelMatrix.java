package dev.rwkv.vector.plan;

import dev.rwkv.tensor.DType;
import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.PanelFormat;
import dev.rwkv.vector.kernel.PanelKernel;
import dev.rwkv.vector.kernel.TileKernel;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A matrix in panels, and its two products: with one token, and with many. Immutable once packed.
 */
public final class PanelMatrix {
  // Plain columns that are unpacked at a time: 64 KiB with 64 rows, a fraction of a second-level
  // cache, and loops long enough that their ends do not count.
  private static final int COLUMNS = 256;

  private final MemorySegment data;
  private final int rows;
  private final int columns;
  private final PanelFormat format;
  private final PanelKernel kernel;
  private final TileKernel tile;

  /**
   * A matrix in memory that somebody else owns.
   *
   * @param data {@link #bytes} bytes
   */
  PanelMatrix(MemorySegment data, int rows, int columns, PanelFormat format, Kernels kernels) {
    this.data = data;
    this.rows = rows;
    this.columns = columns;
    this.format = format;
    this.kernel = kernels.panel(format);
    this.tile = kernels.tile();
  }

  /** Bytes of a matrix in panels. */
  static long bytes(int rows, int columns, PanelFormat format, int panelRows) {
    return panels(rows, panelRows) * format.panelBytes(panelRows, columns);
  }

  private static long panels(int rows, int panelRows) {
    return (rows + panelRows - 1L) / panelRows;
  }

  /** Panels, the last one perhaps not full. */
  int panels() {
    return (int) panels(rows, kernel.panelRows());
  }

  /** Output channels. */
  int rows() {
    return rows;
  }

  /** Input channels. */
  int columns() {
    return columns;
  }

  /** How the elements lie. */
  PanelFormat format() {
    return format;
  }

  /** The panels. */
  MemorySegment data() {
    return data;
  }

  long panelBytes() {
    return format.panelBytes(kernel.panelRows(), columns);
  }

  /** Bytes that a product reads. */
  long bytes() {
    return data.byteSize();
  }

  /** Panels {@code [from, to)} times one token; see {@link PanelKernel#multiply}. */
  void multiply(
      int from, int to, int[] channels, float[] x, int xAt, int count, float[] y, int yAt) {
    kernel.multiply(data, panelBytes(), from, to, channels, x, xAt, count, y, yAt);
  }

  /**
   * Panels {@code [from, to)} times several tokens.
   *
   * @param x [tokens, columns], {@code xStride} apart
   * @param y [tokens, rows], {@code yStride} apart
   * @param scratch the worker's own
   */
  void multiply(
      int from,
      int to,
      float[] x,
      int xStride,
      int tokens,
      float[] y,
      int yStride,
      ProductScratch scratch) {
    if (format.isQuantised()) {
      if (format.hasMinimum()) {
        scratch.sumInputs(x, xStride, tokens, columns);
      }
      for (int panel = from; panel < to; panel++) {
        quantised(panel, x, xStride, tokens, y, yStride, scratch);
      }
    } else {
      for (int panel = from; panel < to; panel++) {
        plain(panel, x, xStride, tokens, y, yStride, scratch);
      }
    }
  }

  private void plain(
      int panel,
      float[] x,
      int xStride,
      int tokens,
      float[] y,
      int yStride,
      ProductScratch scratch) {
    int height = kernel.panelRows();
    int stride = format.stride(height);
    long at = panel * panelBytes();
    float[] weights = scratch.weights(COLUMNS * height);
    for (int c = 0; c < columns; c += COLUMNS) {
      int count = Math.min(COLUMNS, columns - c);
      kernel.unpack(data, at + (long) c * stride, count, weights);
      tile.multiply(
          weights, count, null, x, c, xStride, tokens, c == 0, y, panel * height, yStride);
    }
  }

  private void quantised(
      int panel,
      float[] x,
      int xStride,
      int tokens,
      float[] y,
      int yStride,
      ProductScratch scratch) {
    int height = kernel.panelRows();
    int stride = format.stride(height);
    long at = panel * panelBytes();
    float[] weights = scratch.weights(DType.QUANT_BLOCK * height);
    float[] scales = scratch.scales(2 * height);
    int row = panel * height;
    for (int t = 0; t < ProductScratch.roundedUp(tokens); t++) {
      Arrays.fill(y, t * yStride + row, t * yStride + row + height, 0);
    }
    int blocks = columns / DType.QUANT_BLOCK;
    for (int block = 0; block < blocks; block++) {
      kernel.unpack(data, at, DType.QUANT_BLOCK, weights);
      kernel.unpackScales(data, at, scales);
      int c = block * DType.QUANT_BLOCK;
      tile.multiply(
          weights, DType.QUANT_BLOCK, scales, x, c, xStride, tokens, false, y, row, yStride);
      if (format.hasMinimum()) {
        tile.addMinima(scales, height, scratch.inputSums(), block, blocks, tokens, y, row, yStride);
      }
      at += stride;
    }
  }
}

package dev.rwkv.vector.plan;

import dev.rwkv.tensor.DType;
import dev.rwkv.vector.kernel.BlockTileKernel;
import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.PanelFormat;
import dev.rwkv.vector.kernel.PanelKernel;
import dev.rwkv.vector.kernel.TileKernel;
import java.lang.foreign.MemorySegment;

/**
 * A matrix in panels, and its products: with one token, with some channels of one token, and with
 * many tokens. Immutable once packed.
 */
public final class PanelMatrix {
  // Columns that are unpacked at a time: 64 KiB with 64 rows, a fraction of a second-level cache,
  // and loops long enough that their ends do not count.
  private static final int COLUMNS = 256;
  private final MemorySegment data;
  private final int rows;
  private final int columns;
  private final PanelFormat format;
  private final PanelKernel kernel;
  private final TileKernel tile;
  private final BlockTileKernel blockTile;

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
    this.blockTile = kernels.blockTile();
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

  /** Bytes that a product reads. */
  long bytes() {
    return data.byteSize();
  }

  private long panelBytes() {
    return format.panelBytes(kernel.panelRows(), columns);
  }

  /**
   * Panels {@code [from, to)} times channels of one token.
   *
   * @param channels a list of them; see {@link PanelKernel#multiply}
   * @param count its length
   * @param x their inputs
   * @param y [rows]
   */
  void multiply(int from, int to, int[] channels, int count, float[] x, int xAt, float[] y) {
    int height = kernel.panelRows();
    for (int panel = from; panel < to; panel++) {
      kernel.multiply(data, panel * panelBytes(), channels, count, x, xAt, y, panel * height);
    }
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
    if (format.hasMinimum()) {
      scratch.sumInputs(x, xStride, tokens, columns);
    }
    int height = kernel.panelRows();
    for (int panel = from; panel < to; panel++) {
      long at = panel * panelBytes();
      for (int column = 0; column < columns; column += COLUMNS) {
        int count = Math.min(COLUMNS, columns - column);
        if (format.isQuantised()) {
          int blocks = count / DType.QUANT_BLOCK;
          multiplyBlocks(
              at, column, blocks, x, xStride, tokens, y, panel * height, yStride, scratch);
          at += (long) blocks * format.stride(height);
        } else {
          float[] weights = scratch.weights(COLUMNS * height);
          kernel.unpack(data, at, count, weights);
          tile.multiply(
              weights,
              0,
              count,
              x,
              column,
              xStride,
              tokens,
              column == 0,
              y,
              panel * height,
              yStride);
          at += (long) count * format.stride(height);
        }
      }
    }
  }

  private void multiplyBlocks(
      long at,
      int column,
      int blocks,
      float[] x,
      int xStride,
      int tokens,
      float[] y,
      int yAt,
      int yStride,
      ProductScratch scratch) {
    int height = kernel.panelRows();
    float[] weights = scratch.weights(COLUMNS * height);
    float[] scales = scratch.scales(2 * COLUMNS / DType.QUANT_BLOCK * height);
    kernel.unpack(data, at, blocks * DType.QUANT_BLOCK, weights);
    kernel.unpackScales(data, at, blocks, scales);
    blockTile.multiply(
        weights,
        blocks,
        scales,
        format.hasMinimum() ? scratch.inputSums() : null,
        column / DType.QUANT_BLOCK,
        columns / DType.QUANT_BLOCK,
        x,
        column,
        xStride,
        tokens,
        column == 0,
        y,
        yAt,
        yStride);
  }
}

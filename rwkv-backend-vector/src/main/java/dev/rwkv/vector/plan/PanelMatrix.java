package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.PanelFormat;
import dev.rwkv.vector.kernel.PanelKernel;
import dev.rwkv.vector.kernel.TileInputs;
import dev.rwkv.vector.kernel.TileKernel;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A matrix in panels, and its products: with one token, with some channels of one token, and with
 * many tokens. Immutable once packed.
 */
public final class PanelMatrix {
  private static final float[] NO_SUMS = {};

  private final MemorySegment data;
  private final int rows;
  private final int columns;
  private final PanelFormat format;
  private final int[] places;
  private final PanelKernel kernel;
  private final TileKernel tile;

  /**
   * A matrix in memory that somebody else owns.
   *
   * @param data {@link #bytes} bytes
   * @param places where its columns lie, see {@link PanelFormat#places}; matrices share it
   */
  PanelMatrix(MemorySegment data, int rows, int[] places, PanelFormat format, Kernels kernels) {
    this.data = data;
    this.rows = rows;
    this.columns = places.length;
    this.format = format;
    this.places = places;
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

  /** Where the columns lie in a panel. */
  int[] places() {
    return places;
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
   * Panels {@code [from, to)} times one token.
   *
   * @param y [rows]
   * @param scratch the worker's own
   */
  void multiply(int from, int to, float[] x, float[] y, ProductScratch scratch) {
    float[] sums = format.hasMinimum() ? scratch.blockSums(x, columns) : NO_SUMS;
    multiply(from, to, places, columns, x, sums, y);
  }

  /**
   * Panels {@code [from, to)} times some channels of one token; not for quantised matrices.
   *
   * @param live where their columns lie, see {@link PanelKernel#multiply}
   * @param count how many there are
   * @param x their inputs
   * @param y [rows]
   */
  void multiply(int from, int to, int[] live, int count, float[] x, float[] y) {
    multiply(from, to, live, count, x, NO_SUMS, y);
  }

  private void multiply(
      int from, int to, int[] taken, int count, float[] x, float[] sums, float[] y) {
    int height = kernel.panelRows();
    long bytes = panelBytes();
    for (int panel = from; panel < to; panel += 2) {
      long second = panel + 1 < to ? bytes : 0;
      kernel.multiply(data, panel * bytes, second, taken, count, x, sums, y, panel * height);
    }
  }

  /**
   * Some panels times several tokens.
   *
   * @param x as many columns as this matrix
   * @param y [tokens, rows], {@code yStride} apart
   * @param scratch the worker's own
   */
  void multiply(Share share, TileInputs x, float[] y, int yStride, ProductScratch scratch) {
    for (int i = 0; i < share.pieces(); i++) {
      multiply(
          share.firstPanel(i),
          share.endPanel(i),
          x,
          share.firstRow(i),
          share.endRow(i),
          y,
          yStride,
          scratch);
    }
  }

  private void multiply(
      int from,
      int to,
      TileInputs x,
      int firstToken,
      int endToken,
      float[] y,
      int yStride,
      ProductScratch scratch) {
    int height = kernel.panelRows();
    int columnsAtATime = Math.min(columns, tile.columnsAtATime());
    float[][] weights = scratch.weights(columnsAtATime);
    int room = TileInputs.roomFor(endToken - firstToken);
    float[][] sums = scratch.sums(room);
    for (int panel = from; panel < to; panel++) {
      for (float[] band : sums) {
        Arrays.fill(band, 0, room * tile.bandRows(), 0);
      }
      long at = panel * panelBytes();
      for (int column = 0; column < columns; column += columnsAtATime) {
        int count = Math.min(columnsAtATime, columns - column);
        kernel.unpack(data, at, places, column, count, weights);
        for (int band = 0; band < sums.length; band++) {
          tile.multiply(weights[band], count, x, firstToken, endToken, column, sums[band]);
        }
      }
      for (int band = 0; band < sums.length; band++) {
        int yAt = firstToken * yStride + panel * height + band * tile.bandRows();
        tile.copyOut(sums[band], endToken - firstToken, y, yAt, yStride);
      }
    }
  }
}

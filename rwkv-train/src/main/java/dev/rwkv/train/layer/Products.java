package dev.rwkv.train.layer;

import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.TileInputs;
import dev.rwkv.vector.kernel.TileKernel;
import java.util.ArrayList;
import java.util.List;

/**
 * The three matrix products of a linear layer, each as rows times panels, see {@link TileKernel}.
 *
 * <p>A panel is a strip of H output channels, one input channel after the other. For y = x·Wᵀ the
 * panels hold Wᵀ, for dx = dy·W they hold W, for dW = dyᵀ·x they hold x, whose rows are then what
 * is summed over; dyᵀ is transposed into rows before.
 */
final class Products {
  // Columns of a panel at a time: 64 KiB, a fraction of a second-level cache.
  private static final int COLUMNS = 256;
  private static final int ROWS = 64;
  private static final int TRANSPOSED = 16;

  private final TileKernel tile;
  private final Parallel parallel;
  private final int height;
  private final List<TileInputs> inputs = new ArrayList<>();
  private float[] panels = new float[0];
  private float[] transposed = new float[0];
  private float[] result = new float[0];

  Products(Kernels kernels, Parallel parallel) {
    this.tile = kernels.tile();
    this.parallel = parallel;
    this.height = kernels.panelRows();
  }

  /**
   * y = x·M, where M comes as panels.
   *
   * @param columns how many numbers of a row of x are used: the rows of M
   * @param count panels
   */
  void multiply(
      float[] x,
      int xStride,
      int rows,
      float[] packed,
      int columns,
      int count,
      float[] y,
      int yStride) {
    int rowBlocks = (rows + ROWS - 1) / ROWS;
    arrange(x, xStride, rows, columns);
    parallel.each(
        rowBlocks * count,
        piece -> {
          int block = piece / count;
          int panel = piece % count;
          for (int column = 0; column < columns; column += COLUMNS) {
            tile.multiply(
                packed,
                (panel * columns + column) * height,
                inputs.get(block),
                0,
                inputs.get(block).tokens(),
                column,
                Math.min(COLUMNS, columns - column),
                column == 0,
                y,
                block * ROWS * yStride + panel * height,
                yStride);
          }
        });
  }

  // Rows in the order of tiles, a block of them at a time.
  private void arrange(float[] x, int xStride, int rows, int columns) {
    int rowBlocks = (rows + ROWS - 1) / ROWS;
    while (inputs.size() < rowBlocks) {
      inputs.add(new TileInputs(tile));
    }
    parallel.each(
        rowBlocks,
        block -> {
          int from = block * ROWS;
          int count = Math.min(ROWS, rows - from);
          TileInputs arranged = inputs.get(block);
          arranged.reserve(count, columns);
          for (int row = 0; row < count; row++) {
            arranged.put(row, x, (from + row) * xStride, 0, columns);
          }
        });
  }

  /**
   * dW = dyᵀ·x, summed over rows in their order.
   *
   * @param gradient receives [dy's width, x's width], without padding
   */
  void weights(Rows dy, Rows x, int rows, float[] gradient) {
    // The side that is transposed costs more to prepare: the narrower one.
    boolean swap = dy.width() > x.width();
    Rows left = swap ? x : dy;
    Rows right = swap ? dy : x;
    panels = atLeast(panels, right.stride() * rows);
    transposed = atLeast(transposed, left.stride() * rows);
    result = atLeast(result, left.stride() * right.stride());
    pack(right.values(), right.stride(), right.stride(), rows, panels);
    transpose(left, rows);
    multiply(
        transposed,
        rows,
        left.stride(),
        panels,
        rows,
        right.stride() / height,
        result,
        right.stride());
    int outs = dy.width();
    int ins = x.width();
    if (swap) {
      parallel.each(
          outs,
          out -> {
            for (int in = 0; in < ins; in++) {
              gradient[out * ins + in] = result[in * right.stride() + out];
            }
          });
    } else {
      for (int out = 0; out < outs; out++) {
        System.arraycopy(result, out * right.stride(), gradient, out * ins, ins);
      }
    }
  }

  /**
   * Packs a matrix that stands as it is multiplied, [rows, columns] for x·M: strips of its columns.
   *
   * @param packed receives ⌈columns / H⌉ panels of {@code rows} columns; padding stays as it was
   */
  void pack(float[] matrix, int stride, int columns, int rows, float[] packed) {
    int strips = (columns + height - 1) / height;
    int rowBlocks = (rows + COLUMNS - 1) / COLUMNS;
    parallel.each(
        strips * rowBlocks,
        piece -> {
          int strip = piece % strips;
          int from = piece / strips * COLUMNS;
          int count = Math.min(height, columns - strip * height);
          for (int row = from; row < Math.min(rows, from + COLUMNS); row++) {
            System.arraycopy(
                matrix,
                row * stride + strip * height,
                packed,
                (strip * rows + row) * height,
                count);
          }
        });
  }

  /**
   * Packs a matrix [outs, ins] for x·Mᵀ: strips of its rows.
   *
   * @param packed receives ⌈outs / H⌉ panels of {@code ins} columns; padding stays as it was
   */
  void packTransposed(float[] matrix, int outs, int ins, float[] packed) {
    parallel.each(
        (outs + height - 1) / height,
        panel -> {
          int first = panel * height;
          int count = Math.min(height, outs - first);
          for (int in = 0; in < ins; in++) {
            int to = (panel * ins + in) * height;
            for (int i = 0; i < count; i++) {
              packed[to + i] = matrix[(first + i) * ins + in];
            }
          }
        });
  }

  // [rows, stride] becomes [stride, rows], in squares that fit the cache.
  private void transpose(Rows from, int rows) {
    float[] x = from.values();
    int stride = from.stride();
    int blocks = (rows + TRANSPOSED - 1) / TRANSPOSED;
    parallel.each(
        blocks,
        block -> {
          int first = block * TRANSPOSED;
          int end = Math.min(rows, first + TRANSPOSED);
          for (int channel = 0; channel < stride; channel++) {
            int to = channel * rows;
            for (int row = first; row < end; row++) {
              transposed[to + row] = x[row * stride + channel];
            }
          }
        });
  }

  private static float[] atLeast(float[] array, int size) {
    return array.length >= size ? array : new float[size];
  }
}

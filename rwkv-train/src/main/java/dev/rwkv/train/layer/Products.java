package dev.rwkv.train.layer;

import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.TileInputs;
import dev.rwkv.vector.kernel.TileKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The three matrix products of a linear layer, each as rows times {@link Strips}.
 *
 * <p>A strip is B output channels, one input channel after the other. For y = x·Wᵀ the strips hold
 * Wᵀ, for dx = dy·W they hold W, for dW = dyᵀ·x they hold x, whose rows are then what is summed
 * over; dyᵀ is transposed into rows before.
 */
final class Products {
  private static final int ROWS = 64;
  private static final int TRANSPOSED = 16;

  private final TileKernel tile;
  private final Parallel parallel;
  private final int band;
  private final ThreadLocal<float[]> sums;
  private final List<TileInputs> inputs = new ArrayList<>();
  private final Strips strips;
  private float[] transposed = new float[0];
  private float[] result = new float[0];

  Products(Kernels kernels, Parallel parallel) {
    this.tile = kernels.tile();
    this.parallel = parallel;
    this.band = tile.bandRows();
    this.sums = ThreadLocal.withInitial(() -> new float[TileInputs.roomFor(ROWS) * band]);
    this.strips = new Strips(kernels);
  }

  /**
   * y = x·M.
   *
   * @param x as many numbers of a row are used as M has columns
   * @param packed M
   * @param yStride at least the width of all strips
   */
  void multiply(float[] x, int xStride, int rows, Strips packed, float[] y, int yStride) {
    int rowBlocks = (rows + ROWS - 1) / ROWS;
    arrange(x, xStride, rows, packed.columns());
    parallel.each(
        rowBlocks * packed.count(),
        piece -> {
          int block = piece / packed.count();
          int strip = piece % packed.count();
          TileInputs input = inputs.get(block);
          float[] own = sums.get();
          Arrays.fill(own, 0);
          for (int run = 0; run < packed.runs(); run++) {
            tile.multiply(
                packed.run(run, strip),
                packed.columnsOf(run),
                input,
                0,
                input.tokens(),
                packed.firstColumn(run),
                own);
          }
          int yAt = block * ROWS * yStride + strip * band;
          tile.copyOut(own, input.tokens(), y, yAt, yStride);
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
    transposed = atLeast(transposed, left.stride() * rows);
    result = atLeast(result, left.stride() * right.stride());
    pack(right.values(), right.stride(), right.stride(), rows, strips);
    transpose(left, rows);
    multiply(
        transposed, /* xStride= */ rows, /* rows= */ left.stride(), strips, result, right.stride());
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

  /** Packs a matrix that stands as it is multiplied, [rows, columns] for x·M. */
  void pack(float[] matrix, int stride, int columns, int rows, Strips packed) {
    packed.reserve(rows, columns);
    int filled = packed.filled();
    parallel.each(
        filled * packed.runs(),
        piece -> {
          int strip = piece % filled;
          int run = piece / filled;
          int count = packed.channelsOf(strip);
          float[] to = packed.run(run, strip);
          for (int i = 0; i < packed.columnsOf(run); i++) {
            int from = (packed.firstColumn(run) + i) * stride + strip * band;
            System.arraycopy(matrix, from, to, i * band, count);
          }
        });
  }

  /** Packs a matrix [outs, ins] for x·Mᵀ. */
  void packTransposed(float[] matrix, int outs, int ins, Strips packed) {
    packed.reserve(ins, outs);
    int filled = packed.filled();
    parallel.each(
        filled * packed.runs(),
        piece -> {
          int strip = piece % filled;
          int run = piece / filled;
          int first = strip * band;
          int count = packed.channelsOf(strip);
          float[] to = packed.run(run, strip);
          for (int c = 0; c < packed.columnsOf(run); c++) {
            int in = packed.firstColumn(run) + c;
            for (int i = 0; i < count; i++) {
              to[c * band + i] = matrix[(first + i) * ins + in];
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

package dev.rwkv.train.layer;

import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.TileKernel;

/**
 * A matrix [columns, width] as {@link TileKernel} multiplies it: cut into strips of B channels, and
 * these into runs of as many columns as the kernel takes at a time, each an array of its own.
 * Padding, to whole panels as everywhere, is zero.
 */
final class Strips {
  private final int band;
  private final int panel;
  private final int atATime;
  private int columns;
  private int count;
  private float[][] runs = {};

  Strips(Kernels kernels) {
    this.band = kernels.tile().bandRows();
    this.panel = kernels.panelRows();
    this.atATime = kernels.tile().columnsAtATime();
  }

  /** Makes room for a matrix; what was there stays if it had the same size. */
  Strips reserve(int newColumns, int width) {
    int newCount = (width + panel - 1) / panel * (panel / band);
    if (newColumns == columns && newCount == count) {
      return this;
    }
    columns = newColumns;
    count = newCount;
    runs = new float[runs() * count][];
    for (int run = 0; run < runs(); run++) {
      for (int strip = 0; strip < count; strip++) {
        runs[run * count + strip] = new float[columnsOf(run) * band];
      }
    }
    return this;
  }

  /** Into how many runs the columns are cut. */
  int runs() {
    return (columns + atATime - 1) / atATime;
  }

  /** The first column of a run. */
  int firstColumn(int run) {
    return run * atATime;
  }

  /** The columns of a run. */
  int columnsOf(int run) {
    return Math.min(atATime, columns - firstColumn(run));
  }

  /** How many strips there are. */
  int count() {
    return count;
  }

  /** The columns of the whole matrix. */
  int columns() {
    return columns;
  }

  /** A run of a strip: channel b of its column c at c·B + b. */
  float[] run(int run, int strip) {
    return runs[run * count + strip];
  }
}

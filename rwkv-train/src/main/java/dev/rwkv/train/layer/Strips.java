package dev.rwkv.train.layer;

import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.TileKernel;
import java.util.ArrayList;
import java.util.List;

/**
 * A matrix [columns, width] as {@link TileKernel} multiplies it: cut into strips of B channels, and
 * these into runs of as many columns as the kernel takes at a time, each an array of its own. There
 * are strips for whole panels, as everywhere; what is beyond the width stays as it was, zero at
 * first.
 */
final class Strips {
  private final int band;
  private final int panel;
  private final int atATime;
  private final List<float[]> arrays = new ArrayList<>();
  private int columns;
  private int width;

  Strips(Kernels kernels) {
    this.band = kernels.tile().bandRows();
    this.panel = kernels.panelRows();
    this.atATime = kernels.tile().columnsAtATime();
  }

  /** Makes room for a matrix, which is then to be packed. */
  void reserve(int newColumns, int newWidth) {
    columns = newColumns;
    width = newWidth;
    for (int run = 0; run < runs(); run++) {
      for (int strip = 0; strip < count(); strip++) {
        int at = run * count() + strip;
        int size = columnsOf(run) * band;
        if (at == arrays.size()) {
          arrays.add(new float[size]);
        } else if (arrays.get(at).length < size) {
          arrays.set(at, new float[size]);
        }
      }
    }
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
    return (width + panel - 1) / panel * (panel / band);
  }

  /** How many of them hold a channel of the matrix. */
  int filled() {
    return (width + band - 1) / band;
  }

  /** The channels of the matrix in one of these. */
  int channelsOf(int strip) {
    return Math.min(band, width - strip * band);
  }

  /** The columns of the whole matrix. */
  int columns() {
    return columns;
  }

  /** A run of a strip: channel b of its column c at c·B + b. */
  float[] run(int run, int strip) {
    return arrays.get(run * count() + strip);
  }
}

package dev.rwkv.train.layer;

import java.util.Arrays;

/**
 * Sums of vectors over rows, in parts that different threads may fill: each block of rows (or text)
 * has a part of its own, and the parts are added in order, in double.
 */
final class VectorSums {
  private final int pitch;
  private float[] parts = new float[0];
  private int count;

  VectorSums(int pitch) {
    this.pitch = pitch;
  }

  /** Sets this many parts to zero. */
  void clear(int newCount) {
    count = newCount;
    if (parts.length < count * pitch) {
      parts = new float[count * pitch];
    } else {
      Arrays.fill(parts, 0, count * pitch, 0f);
    }
  }

  float[] parts() {
    return parts;
  }

  /** Where a part begins. */
  int at(int part) {
    return part * pitch;
  }

  /** Adds the parts. */
  void total(int offset, float[] sums) {
    for (int i = 0; i < sums.length; i++) {
      double sum = 0;
      for (int part = 0; part < count; part++) {
        sum += parts[part * pitch + offset + i];
      }
      sums[i] = (float) sum;
    }
  }
}

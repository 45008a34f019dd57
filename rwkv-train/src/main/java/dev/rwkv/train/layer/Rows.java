package dev.rwkv.train.layer;

import java.util.Arrays;

/** One vector for every token of a batch, [B·T, width], a padded width apart. */
final class Rows {
  private final int width;
  private final int stride;
  private float[] values = new float[0];

  Rows(int width, int stride) {
    this.width = width;
    this.stride = stride;
  }

  /** Makes room. */
  void reserve(int rows) {
    int size = Math.multiplyExact(rows, stride);
    if (values.length < size) {
      values = new float[size];
    }
  }

  int width() {
    return width;
  }

  int stride() {
    return stride;
  }

  float[] values() {
    return values;
  }

  /** Where a row begins. */
  int at(int row) {
    return row * stride;
  }

  void copyRow(Rows from, int row) {
    System.arraycopy(from.values, from.at(row), values, at(row), stride);
  }

  void clearRow(int row) {
    Arrays.fill(values, at(row), at(row) + stride, 0f);
  }
}

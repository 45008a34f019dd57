package dev.rwkv.text;

import dev.rwkv.Logits;
import dev.rwkv.tensor.DType;

/** Logits that outlived their session: what followed a prompt before the generation was saved. */
record SavedLogits(float[] values) implements Logits {
  @Override
  public int size() {
    return values.length;
  }

  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public double get(int token) {
    return values[token];
  }

  @Override
  public void copyTo(float[] destination) {
    System.arraycopy(values, 0, destination, 0, values.length);
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;

/** Logits that are a copy, and belong to nobody. */
class FixedLogits implements Logits {
  private final float[] values;

  FixedLogits(float[] values) {
    this.values = values;
  }

  static FixedLogits of(Logits logits) {
    return new FixedLogits(logits.toFloats());
  }

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
    if (token < 0 || token >= values.length) {
      throw new InvalidArgumentException("token", token + " is not in the vocabulary");
    }
    return values[token];
  }

  @Override
  public void copyTo(float[] destination) {
    if (destination == null || destination.length < values.length) {
      throw new InvalidArgumentException("destination", "no room for " + values.length);
    }
    System.arraycopy(values, 0, destination, 0, values.length);
  }
}

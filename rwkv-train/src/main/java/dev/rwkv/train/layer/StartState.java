package dev.rwkv.train.layer;

import dev.rwkv.checkpoint.architecture.Rwkv4;
import java.util.Arrays;

/**
 * What the first token of every text finds, and the derivatives by it.
 *
 * <p>The sums of an {@link dev.rwkv.train.InitialState} are those of one token with value ν and key
 * κ: at the exponent p = κ they are a = ν and b = 1, and dL/dν = ā, dL/dκ = āν + b̄.
 */
final class StartState {
  private final int padded;
  private final float[] shift;
  private final float[] sums;
  private final float[] dshift;
  private final float[] dsums;

  StartState(int padded) {
    this.padded = padded;
    this.shift = new float[padded];
    this.sums = new float[3 * padded];
    this.dshift = new float[padded];
    this.dsums = new float[2 * padded];
    clear();
  }

  /** Nothing: no previous token, empty sums. */
  void clear() {
    Arrays.fill(shift, 0f);
    Arrays.fill(sums, 0f);
    Arrays.fill(sums, 2 * padded, 3 * padded, (float) Rwkv4.EMPTY_EXPONENT);
    Arrays.fill(dshift, 0f);
  }

  /** One earlier token. */
  void set(float[] newShift, float[] value, float[] key) {
    clear();
    System.arraycopy(newShift, 0, shift, 0, newShift.length);
    System.arraycopy(value, 0, sums, 0, value.length);
    Arrays.fill(sums, padded, padded + value.length, 1f);
    System.arraycopy(key, 0, sums, 2 * padded, key.length);
  }

  /** x' before the first token, padded C. */
  float[] shift() {
    return shift;
  }

  /** a, b, p before the first token, padded C each. */
  float[] sums() {
    return sums;
  }

  /** Receives derivatives by {@link #shift}. */
  float[] dshift() {
    return dshift;
  }

  /** Receives ā and b̄, padded C each. */
  float[] dsums() {
    return dsums;
  }

  /** Copies the derivatives. */
  void gradients(float[] newShift, float[] value, float[] key) {
    System.arraycopy(dshift, 0, newShift, 0, newShift.length);
    for (int i = 0; i < value.length; i++) {
      value[i] = dsums[i];
      key[i] = dsums[i] * sums[i] + dsums[padded + i];
    }
  }
}

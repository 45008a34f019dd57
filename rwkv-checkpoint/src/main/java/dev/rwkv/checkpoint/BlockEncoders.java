package dev.rwkv.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Encoders of the block-quantised types, in single precision and operation by operation as ggml's
 * reference quantisers do it, so that files come out as rwkv.cpp makes them, bit for bit; the
 * layouts are those of {@link DType}.
 *
 * <p>The integers are chosen with the scale in single precision, and the scale is rounded to f16
 * only for storage. A block with a number that is not finite, or whose scale overflows f16, is
 * refused.
 */
final class BlockEncoders {
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int SIZE = DType.QUANT_BLOCK;
  private static final int HALF = SIZE / 2;

  static final ElementEncoder Q4_0 = (v, n, to) -> symmetric(v, n, to, 4);
  static final ElementEncoder Q5_0 = (v, n, to) -> symmetric(v, n, to, 5);
  static final ElementEncoder Q4_1 = (v, n, to) -> affine(v, n, to, 4);
  static final ElementEncoder Q5_1 = (v, n, to) -> affine(v, n, to, 5);
  static final ElementEncoder Q8_0 = BlockEncoders::bytes;

  private BlockEncoders() {}

  /** The number of the largest magnitude becomes −2^(bits−1): d = −number / 2^(bits−1). */
  private static int symmetric(double[] values, int count, MemorySegment to, int bits) {
    int zero = 1 << (bits - 1);
    int[] q = new int[SIZE];
    long at = 0;
    for (int block = 0; block < count; block += SIZE) {
      float largest = largest(values, block);
      float scale = largest / -zero;
      float inverse = scale == 0 ? 0 : 1 / scale;
      at = f16(to, at, scale);
      if (at < 0) {
        return culprit(values, block);
      }
      for (int j = 0; j < SIZE; j++) {
        // Truncation after adding a half. Clamped for blocks so small that the inverse overflows.
        int nearest = (int) ((float) values[block + j] * inverse + (zero + 0.5f));
        q[j] = Math.clamp(nearest, 0, 2 * zero - 1);
      }
      at = pack(to, at, q, bits);
    }
    return ElementEncoder.ALL_STORED;
  }

  /** The smallest number becomes 0 and the largest 2^bits − 1. */
  private static int affine(double[] values, int count, MemorySegment to, int bits) {
    int most = (1 << bits) - 1;
    int[] q = new int[SIZE];
    long at = 0;
    for (int block = 0; block < count; block += SIZE) {
      float min = Float.MAX_VALUE;
      float max = -Float.MAX_VALUE;
      boolean finite = true;
      for (int j = 0; j < SIZE; j++) {
        float value = (float) values[block + j];
        finite &= Float.isFinite(value);
        min = value < min ? value : min;
        max = value > max ? value : max;
      }
      float scale = (max - min) / most;
      float inverse = scale == 0 ? 0 : 1 / scale;
      at = finite ? f16(to, at, scale) : -1;
      at = at < 0 ? -1 : f16(to, at, min);
      if (at < 0) {
        return culprit(values, block);
      }
      for (int j = 0; j < SIZE; j++) {
        int nearest = (int) (((float) values[block + j] - min) * inverse + 0.5f);
        q[j] = Math.min(most, nearest);
      }
      at = pack(to, at, q, bits);
    }
    return ElementEncoder.ALL_STORED;
  }

  /** The number of the largest magnitude becomes ±127; halves go away from zero. */
  private static int bytes(double[] values, int count, MemorySegment to) {
    long at = 0;
    for (int block = 0; block < count; block += SIZE) {
      float scale = Math.abs(largest(values, block)) / 127;
      float inverse = scale == 0 ? 0 : 1 / scale;
      at = f16(to, at, scale);
      if (at < 0) {
        return culprit(values, block);
      }
      for (int j = 0; j < SIZE; j++) {
        to.set(JAVA_BYTE, at++, (byte) roundHalfAway((float) values[block + j] * inverse));
      }
    }
    return ElementEncoder.ALL_STORED;
  }

  /** The first number of the largest magnitude, with its sign; NaN if any is not finite. */
  private static float largest(double[] values, int block) {
    float largest = 0;
    for (int j = 0; j < SIZE; j++) {
      float value = (float) values[block + j];
      if (!Float.isFinite(value)) {
        return Float.NaN;
      }
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    return largest;
  }

  /** Where a block went wrong: its first number of the largest magnitude, or not finite. */
  private static int culprit(double[] values, int block) {
    int worst = block;
    for (int j = block; j < block + SIZE; j++) {
      if (!Float.isFinite((float) values[j])) {
        return j;
      }
      worst = Math.abs(values[j]) > Math.abs(values[worst]) ? j : worst;
    }
    return worst;
  }

  private static int roundHalfAway(float value) {
    // The magnitude is at most 127 and a bit, so adding a half in double precision is exact.
    return value < 0 ? -(int) (0.5 - value) : (int) (value + 0.5);
  }

  /** Stores a scale or a minimum; −1 if f16 cannot hold it. */
  private static long f16(MemorySegment to, long at, float value) {
    short half = Float.floatToFloat16(value);
    if ((half & 0x7c00) == 0x7c00) {
      return -1;
    }
    to.set(PlainEncoders.SHORT, at, half);
    return at + 2;
  }

  private static long pack(MemorySegment to, long at, int[] q, int bits) {
    long pairs = at;
    if (bits == 5) {
      int fifth = 0;
      for (int j = 0; j < SIZE; j++) {
        fifth |= (q[j] >>> 4) << j;
      }
      to.set(INT, at, fifth);
      pairs += 4;
    }
    for (int j = 0; j < HALF; j++) {
      to.set(JAVA_BYTE, pairs + j, (byte) ((q[j] & 0xf) | (q[j + HALF] & 0xf) << 4));
    }
    return pairs + HALF;
  }
}

package dev.rwkv.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Encoders of the types that store one element at a time: to the nearest, ties to even. A finite
 * number that would become infinite is refused; NaN and infinities pass.
 */
final class PlainEncoders {
  static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int F16_INFINITY = 0x7c00;
  private static final int BF16_INFINITY = 0x7f80;
  private static final int BF16_QUIET_BIT = 0x40;

  static final ElementEncoder F64 =
      (values, count, destination) -> {
        for (int i = 0; i < count; i++) {
          destination.set(DOUBLE, i * 8L, values[i]);
        }
        return ElementEncoder.ALL_STORED;
      };

  static final ElementEncoder F32 =
      (values, count, destination) -> {
        for (int i = 0; i < count; i++) {
          float value = (float) values[i];
          if (Float.isInfinite(value) && !Double.isInfinite(values[i])) {
            return i;
          }
          destination.set(FLOAT, i * 4L, value);
        }
        return ElementEncoder.ALL_STORED;
      };

  static final ElementEncoder F16 =
      (values, count, destination) -> {
        for (int i = 0; i < count; i++) {
          short value = Float.floatToFloat16(roundToOdd(values[i]));
          if ((value & 0x7fff) == F16_INFINITY && !Double.isInfinite(values[i])) {
            return i;
          }
          destination.set(SHORT, i * 2L, value);
        }
        return ElementEncoder.ALL_STORED;
      };

  static final ElementEncoder BF16 =
      (values, count, destination) -> {
        for (int i = 0; i < count; i++) {
          short value = bf16(roundToOdd(values[i]));
          if ((value & 0x7fff) == BF16_INFINITY && !Double.isInfinite(values[i])) {
            return i;
          }
          destination.set(SHORT, i * 2L, value);
        }
        return ElementEncoder.ALL_STORED;
      };

  private PlainEncoders() {}

  /**
   * The neighbouring float with an odd last bit, unless a float is exact: rounding that once more,
   * to a type of at most 22 bits, gives what rounding the double would have.
   */
  private static float roundToOdd(double value) {
    float nearest = (float) value;
    if (nearest == value || Double.isNaN(value) || (Float.floatToRawIntBits(nearest) & 1) != 0) {
      return nearest;
    }
    return nearest < value ? Math.nextUp(nearest) : Math.nextDown(nearest);
  }

  private static short bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | BF16_QUIET_BIT);
    }
    // Half of the last kept bit, less one when that bit is even: ties go to even.
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }
}

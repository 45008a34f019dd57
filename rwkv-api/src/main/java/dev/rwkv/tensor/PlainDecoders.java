package dev.rwkv.tensor;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Decoders of the types that store one element at a time. Members of a file need no alignment. */
final class PlainDecoders {
  private static final ValueLayout.OfDouble DOUBLE =
      JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final ElementDecoder F64 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = data.get(DOUBLE, (from + i) * 8);
        }
      };

  static final ElementDecoder F32 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = data.get(FLOAT, (from + i) * 4);
        }
      };

  static final ElementDecoder F16 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = Float.float16ToFloat(data.get(SHORT, (from + i) * 2));
        }
      };

  static final ElementDecoder BF16 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = Float.intBitsToFloat(data.get(SHORT, (from + i) * 2) << 16);
        }
      };

  static final ElementDecoder I64 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          destination[offset + i] = data.get(LONG, (from + i) * 8);
        }
      };

  private PlainDecoders() {}
}

package dev.rwkv.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Decoders of the block-quantised types; the layouts are those of {@link DType}.
 *
 * <p>A scale (11 significant bits) times a stored integer (at most 8) plus a minimum needs fewer
 * than 53 bits unless the two f16 numbers are 2^30 apart, which f16 cannot be: the doubles are
 * exact.
 */
final class BlockDecoders {
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HALF = DType.QUANT_BLOCK / 2;

  static final ElementDecoder Q4_0 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          long block = (from + i) / DType.QUANT_BLOCK * 18;
          int element = (int) ((from + i) % DType.QUANT_BLOCK);
          destination[offset + i] = (nibble(data, block + 2, element) - 8) * f16(data, block);
        }
      };

  static final ElementDecoder Q4_1 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          long block = (from + i) / DType.QUANT_BLOCK * 20;
          int element = (int) ((from + i) % DType.QUANT_BLOCK);
          destination[offset + i] =
              nibble(data, block + 4, element) * f16(data, block) + f16(data, block + 2);
        }
      };

  static final ElementDecoder Q5_0 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          long block = (from + i) / DType.QUANT_BLOCK * 22;
          int element = (int) ((from + i) % DType.QUANT_BLOCK);
          int q = nibble(data, block + 6, element) | fifthBit(data, block + 2, element);
          destination[offset + i] = (q - 16) * f16(data, block);
        }
      };

  static final ElementDecoder Q5_1 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          long block = (from + i) / DType.QUANT_BLOCK * 24;
          int element = (int) ((from + i) % DType.QUANT_BLOCK);
          int q = nibble(data, block + 8, element) | fifthBit(data, block + 4, element);
          destination[offset + i] = q * f16(data, block) + f16(data, block + 2);
        }
      };

  static final ElementDecoder Q8_0 =
      (data, from, destination, offset, count) -> {
        for (int i = 0; i < count; i++) {
          long block = (from + i) / DType.QUANT_BLOCK * 34;
          int element = (int) ((from + i) % DType.QUANT_BLOCK);
          destination[offset + i] = data.get(JAVA_BYTE, block + 2 + element) * f16(data, block);
        }
      };

  private BlockDecoders() {}

  private static double f16(MemorySegment data, long at) {
    return Float.float16ToFloat(data.get(PlainDecoders.SHORT, at));
  }

  private static int nibble(MemorySegment data, long at, int element) {
    int pair = data.get(JAVA_BYTE, at + element % HALF);
    return element < HALF ? pair & 0xf : pair >>> 4 & 0xf;
  }

  private static int fifthBit(MemorySegment data, long at, int element) {
    return (data.get(INT, at) >>> element & 1) << 4;
  }
}

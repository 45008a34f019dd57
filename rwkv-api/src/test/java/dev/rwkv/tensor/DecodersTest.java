package dev.rwkv.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Every stored value is decoded exactly: against the definitions of IEEE 754 and of ggml's blocks.
 */
class DecodersTest {

  /** A half by its definition: sign · 2^(e − 15) · 1.m, subnormals 2^−14 · 0.m. */
  private static double half(int bits) {
    int exponent = bits >>> 10 & 31;
    int mantissa = bits & 1023;
    double sign = (bits & 0x8000) == 0 ? 1 : -1;
    if (exponent == 31) {
      return mantissa == 0 ? sign / 0.0 : Double.NaN;
    }
    return exponent == 0
        ? sign * mantissa * Math.pow(2, -24)
        : sign * (1024 + mantissa) * Math.pow(2, exponent - 25);
  }

  private static double brain(int bits) {
    int exponent = bits >>> 7 & 255;
    int mantissa = bits & 127;
    double sign = (bits & 0x8000) == 0 ? 1 : -1;
    if (exponent == 255) {
      return mantissa == 0 ? sign / 0.0 : Double.NaN;
    }
    return exponent == 0
        ? sign * mantissa * Math.pow(2, -133)
        : sign * (128 + mantissa) * Math.pow(2, exponent - 134);
  }

  private static double[] decode(DType type, ByteBuffer bytes, int elements) {
    return TensorView.of(
            "t", type, Shape.of(elements), MemorySegment.ofBuffer(bytes.duplicate().rewind()))
        .toDoubles();
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Example
  void everyHalfAndEveryBfloat16() {
    ByteBuffer all = bytes(2 << 16);
    for (int bits = 0; bits < 1 << 16; bits++) {
      all.putShort((short) bits);
    }
    double[] halves = decode(DType.F16, all, 1 << 16);
    double[] brains = decode(DType.BF16, all, 1 << 16);
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertThat(halves[bits]).isEqualTo(Double.valueOf(half(bits)));
      assertThat(brains[bits]).isEqualTo(Double.valueOf(brain(bits)));
    }
  }

  @Property(tries = 200)
  void singleDoubleAndLong(@ForAll float f, @ForAll double d, @ForAll int i) {
    assertThat(decode(DType.F32, bytes(4).putFloat(f), 1)).containsExactly(f);
    assertThat(decode(DType.F64, bytes(8).putDouble(d), 1)).containsExactly(d);
    assertThat(decode(DType.I64, bytes(8).putLong(i), 1)).containsExactly(i);
  }

  @Property(tries = 300)
  void blocksOfEveryQuantisedType(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int blocks) {
    for (DType type : DType.values()) {
      if (type.isQuantised()) {
        Random random = new Random(seed);
        ByteBuffer stored = bytes(blocks * type.blockBytes());
        double[] expected = new double[32 * blocks];
        for (int block = 0; block < blocks; block++) {
          putBlock(type, stored, expected, 32 * block, random);
        }
        assertThat(stored.hasRemaining()).isFalse();
        assertThat(decode(type, stored, 32 * blocks)).containsExactly(expected);
      }
    }
  }

  /** Writes one block byte by byte as the table in {@link DType} has it. */
  private static void putBlock(
      DType type, ByteBuffer out, double[] expected, int at, Random random) {
    int d = finiteHalf(random);
    int m = finiteHalf(random);
    boolean minimum = type == DType.Q4_1 || type == DType.Q5_1;
    int bits = type == DType.Q8_0 ? 8 : type.name().charAt(1) - '0';
    int[] q = random.ints(32, 0, 1 << bits).toArray();
    out.putShort((short) d);
    if (minimum) {
      out.putShort((short) m);
    }
    if (bits == 5) {
      int fifth = 0;
      for (int j = 0; j < 32; j++) {
        fifth += (q[j] / 16) << j;
      }
      out.putInt(fifth);
    }
    if (bits == 8) {
      for (int j = 0; j < 32; j++) {
        out.put((byte) (q[j] - 128));
      }
    } else {
      for (int j = 0; j < 16; j++) {
        out.put((byte) (q[j] % 16 + 16 * (q[j + 16] % 16)));
      }
    }
    for (int j = 0; j < 32; j++) {
      expected[at + j] = minimum ? q[j] * half(d) + half(m) : (q[j] - (1 << (bits - 1))) * half(d);
    }
  }

  private static int finiteHalf(Random random) {
    int bits;
    do {
      bits = random.nextInt(1 << 16);
    } while (!Double.isFinite(half(bits)));
    return bits;
  }

  @Property(tries = 200)
  void anyPartIsDecodedLikeTheWhole(
      @ForAll @IntRange(min = 0, max = 96) int from,
      @ForAll @IntRange(min = 0, max = 96) int to,
      @ForAll long seed) {
    int first = Math.min(from, to);
    int count = Math.abs(to - from);
    for (DType type : DType.values()) {
      byte[] stored = new byte[(int) type.bytes(96)];
      new Random(seed).nextBytes(stored);
      // At an odd address, as members of a file may be.
      byte[] shifted = new byte[stored.length + 3];
      System.arraycopy(stored, 0, shifted, 3, stored.length);
      TensorView view =
          TensorView.of("t", type, Shape.of(3, 32), MemorySegment.ofArray(shifted).asSlice(3));
      double[] whole = view.toDoubles();
      double[] part = new double[count + 2];
      view.copyTo(first, part, 1, count);
      float[] floats = new float[count];
      view.copyTo(first, floats, 0, count);
      assertThat(part[0]).isZero();
      assertThat(part[count + 1]).isZero();
      for (int i = 0; i < count; i++) {
        assertThat(part[1 + i]).isEqualTo(Double.valueOf(whole[first + i]));
        assertThat(floats[i]).isEqualTo(Float.valueOf((float) whole[first + i]));
        assertThat(view.get(first + i)).isEqualTo(Double.valueOf(whole[first + i]));
      }
    }
  }
}

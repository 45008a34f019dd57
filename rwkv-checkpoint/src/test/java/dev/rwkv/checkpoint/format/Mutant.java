package dev.rwkv.checkpoint.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Damages bytes in the ways that files are damaged, and in those that an attacker would choose. */
final class Mutant {
  private static final long[] INTERESTING = {
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    32767,
    65535,
    1L << 31,
    (1L << 31) - 1,
    1L << 32,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private Mutant() {}

  static byte[] of(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes = changed(bytes, random);
    }
    return bytes;
  }

  private static byte[] changed(byte[] bytes, Random random) {
    int at = place(bytes.length, random);
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> number(bytes, at, Integer.BYTES, random);
      case 3 -> number(bytes, at, Long.BYTES, random);
      case 4 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 5 -> { // a piece of it somewhere else
        int length = Math.min(1 + random.nextInt(64), bytes.length - at);
        int to = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes.clone(), at, bytes, to, length);
      }
      case 6 -> { // a piece cut out
        int length = Math.min(1 + random.nextInt(64), bytes.length - at);
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - length);
        System.arraycopy(bytes, at + length, shorter, at, bytes.length - at - length);
        return shorter;
      }
      default -> { // a piece put in
        byte[] inserted = new byte[1 + random.nextInt(64)];
        random.nextBytes(inserted);
        byte[] longer = new byte[bytes.length + inserted.length];
        System.arraycopy(bytes, 0, longer, 0, at);
        System.arraycopy(inserted, 0, longer, at, inserted.length);
        System.arraycopy(bytes, at, longer, at + inserted.length, bytes.length - at);
        return longer;
      }
    }
    return bytes;
  }

  /** Half of the damage goes to the ends, where the directories are. */
  private static int place(int length, Random random) {
    int near = Math.min(length, 512);
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(near);
      case 1 -> length - 1 - random.nextInt(near);
      default -> random.nextInt(length);
    };
  }

  private static void number(byte[] bytes, int at, int size, Random random) {
    if (at + size > bytes.length) {
      return;
    }
    long value = INTERESTING[random.nextInt(INTERESTING.length)] + random.nextInt(3) - 1;
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (size == Integer.BYTES) {
      buffer.putInt(at, (int) value);
    } else {
      buffer.putLong(at, value);
    }
  }
}

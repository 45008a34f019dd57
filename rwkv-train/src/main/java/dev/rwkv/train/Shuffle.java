package dev.rwkv.train;

import dev.rwkv.error.InvalidArgumentException;

/**
 * A random order of the numbers 0 to n − 1 that is computed, not stored.
 *
 * <p>A Feistel network permutes the next power of four; numbers that fall out of range go through
 * it again until they do not (cycle walking). Another key, another order. Immutable.
 */
final class Shuffle {
  private static final int ROUNDS = 6;

  private final long size;
  private final long key;
  private final int halfBits;
  private final long halfMask;

  Shuffle(long size, long key) {
    if (size < 1) {
      throw new InvalidArgumentException("size", size + " is not a number of things to shuffle");
    }
    this.size = size;
    this.key = key;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(size - 1);
    this.halfBits = Math.max(1, (bits + 1) / 2);
    this.halfMask = (1L << halfBits) - 1;
  }

  /** Which number stands at {@code index}, both from 0 to n − 1. */
  long at(long index) {
    long place = index;
    do {
      place = permuted(place);
    } while (place >= size);
    return place;
  }

  private long permuted(long value) {
    long left = value >>> halfBits;
    long right = value & halfMask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ (CounterRandom.bits(key, round, right) & halfMask);
      left = right;
      right = next;
    }
    return (left << halfBits) | right;
  }
}

package dev.rwkv.checkpoint;

import java.lang.foreign.MemorySegment;

/** Turns numbers into stored elements. One implementation per type, chosen by {@link Quantiser}. */
@FunctionalInterface
interface ElementEncoder {
  /** What an encoder returns when every number could be stored. */
  int ALL_STORED = -1;

  /**
   * Encodes {@code values[0 .. count)}, whole blocks, to the start of {@code destination}.
   *
   * @return the index of the first number that the type cannot hold, or {@link #ALL_STORED}
   */
  int encode(double[] values, int count, MemorySegment destination);
}

package dev.rwkv.tensor;

import java.lang.foreign.MemorySegment;

/** Turns stored elements into numbers. One implementation per {@link DType}, none elsewhere. */
@FunctionalInterface
interface ElementDecoder {
  /**
   * Decodes elements {@code [from, from + count)} exactly: every stored value, quantised ones
   * included, is a double.
   */
  void decode(MemorySegment data, long from, double[] destination, int offset, int count);
}

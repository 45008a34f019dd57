package dev.rwkv.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the elements of a tensor are stored, always little-endian.
 *
 * <p>Plain types hold one element each. The quantised types hold blocks of {@value #QUANT_BLOCK}
 * elements along the last dimension, in the layouts of ggml (rwkv.cpp file version 101):
 *
 * <table>
 *   <caption>Block layouts; d and m are f16, q the stored integer of an element</caption>
 *   <tr><th>type</th><th>bytes</th><th>layout</th><th>value</th></tr>
 *   <tr><td>Q4_0</td><td>18</td><td>d, 16 × (low nibble: element j, high: j+16)</td><td>(q − 8)·d</td></tr>
 *   <tr><td>Q4_1</td><td>20</td><td>d, m, 16 nibble pairs</td><td>q·d + m</td></tr>
 *   <tr><td>Q5_0</td><td>22</td><td>d, u32 fifth bits, 16 nibble pairs</td><td>(q − 16)·d</td></tr>
 *   <tr><td>Q5_1</td><td>24</td><td>d, m, u32 fifth bits, 16 nibble pairs</td><td>q·d + m</td></tr>
 *   <tr><td>Q8_0</td><td>34</td><td>d, 32 × i8</td><td>q·d</td></tr>
 * </table>
 */
public enum DType {
  /** IEEE 754 binary64. */
  F64(1, 8, PlainDecoders.F64),
  /** IEEE 754 binary32. */
  F32(1, 4, PlainDecoders.F32),
  /** IEEE 754 binary16. */
  F16(1, 2, PlainDecoders.F16),
  /** bfloat16: the upper half of a binary32. */
  BF16(1, 2, PlainDecoders.BF16),
  /** 64-bit signed integer; token ids in golden files. */
  I64(1, 8, PlainDecoders.I64),
  /** Blocks of 32 with 4-bit elements and a scale. */
  Q4_0(DType.QUANT_BLOCK, 18, BlockDecoders.Q4_0),
  /** Blocks of 32 with 4-bit elements, a scale and a minimum. */
  Q4_1(DType.QUANT_BLOCK, 20, BlockDecoders.Q4_1),
  /** Blocks of 32 with 5-bit elements and a scale. */
  Q5_0(DType.QUANT_BLOCK, 22, BlockDecoders.Q5_0),
  /** Blocks of 32 with 5-bit elements, a scale and a minimum. */
  Q5_1(DType.QUANT_BLOCK, 24, BlockDecoders.Q5_1),
  /** Blocks of 32 with 8-bit elements and a scale. */
  Q8_0(DType.QUANT_BLOCK, 34, BlockDecoders.Q8_0);

  /** Elements in a block of a quantised type. */
  public static final int QUANT_BLOCK = 32;

  private final int blockElements;
  private final int blockBytes;
  private final ElementDecoder decoder;

  DType(int blockElements, int blockBytes, ElementDecoder decoder) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.decoder = decoder;
  }

  /** Elements that are stored together: 1, or {@value #QUANT_BLOCK} for quantised types. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of one block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Whether elements are stored in blocks that share a scale. */
  public boolean isQuantised() {
    return blockElements > 1;
  }

  /** Whether the type holds real numbers (all but {@link #I64}). */
  public boolean isReal() {
    return this != I64;
  }

  /** Bits per element, the share of a block's scale included: 4.5 for {@link #Q4_0}. */
  public double bitsPerElement() {
    return 8.0 * blockBytes / blockElements;
  }

  /**
   * Bytes of {@code elements} elements.
   *
   * @throws IllegalArgumentException if {@code elements} is negative or no whole number of blocks
   * @throws ArithmeticException if the number of bytes does not fit a {@code long}
   */
  public long bytes(long elements) {
    if (elements < 0 || elements % blockElements != 0) {
      throw new IllegalArgumentException(
          elements + " elements are not a whole number of " + this + " blocks of " + blockElements);
    }
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }

  /** The name that command lines and documents use: {@code f32}, {@code q8_0}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type with this {@link #label()}, in any case. */
  public static Optional<DType> ofLabel(String label) {
    return Arrays.stream(values()).filter(type -> type.label().equalsIgnoreCase(label)).findFirst();
  }

  /** All labels, for messages that list them. */
  public static String labels() {
    return Arrays.stream(values()).map(DType::label).collect(Collectors.joining(", "));
  }

  /** Decodes elements {@code [from, from + count)} of {@code data} exactly, in double precision. */
  void decode(MemorySegment data, long from, double[] destination, int offset, int count) {
    decoder.decode(data, from, destination, offset, count);
  }
}

package dev.rwkv.vector.kernel;

import dev.rwkv.tensor.DType;

/**
 * How the weights of a matrix lie in memory: cut into panels of H = 4·lanes rows (64 at 512 bits),
 * the last filled up with rows of zeros, each panel one column after the other: of quantised
 * formats in their order, of plain ones first columns 0, 2, 4 and so on, then 1, 3, 5 ({@link
 * #places}).
 *
 * <p>Row ρ of a panel is lane ρ mod lanes of vector ρ div lanes, so that a product needs no sum
 * across lanes, and memory is read as one stream. A column is stored as int vectors, whose fields
 * of 32, 16 or 8 bits belong to the four vectors: a shift or a mask then yields a vector of
 * weights, whatever the width.
 *
 * <pre>
 *   f32        column: 4 int vectors; vector v is int vector v
 *   bf16, f16  column: 2 int vectors; vector 2j is the low half of int vector j, 2j+1 the high half
 *   quantised  block of 32 columns: H scales and, for _1 types, H minima, f16, stored like f16 above;
 *              for q5 types 4 int vectors of fifth bits, each for 8 columns: that of vector v is
 *              bit 8v + 4 + j in the even column of pair j, bit 8v + j in the odd one;
 *              q8_0: per column 1 int vector, byte v is q + 128 of vector v;
 *              q4, q5: per 2 columns 1 int vector, the low nibble of byte v is q mod 16 of vector v
 *              in the even column, the high nibble in the odd one
 * </pre>
 *
 * <p>A fifth bit belongs next to its nibble: at bit 8v + 4 of the pair of columns as it is, or
 * shifted down by 4, where something else lies. It is stored as the difference from that, so that
 * one exclusive or puts it there.
 *
 * <p>Numbers of half precision, weights as well as scales and minima, are stored times {@value
 * #HALF_UNITS}, so that none is subnormal: kernels multiply them with a power of two, for which
 * some processors take more than a hundred cycles when a number is subnormal. A matrix with a
 * number of {@value #HALF_LIMIT} or more does not fit, nor does one that is not finite.
 */
public enum PanelFormat {
  F32(DType.F32, 32, 0, false),
  BF16(DType.BF16, 16, 0, false),
  F16(DType.F16, 16, 0, false),
  Q8_0(DType.Q8_0, 8, 128, false),
  Q4_0(DType.Q4_0, 4, 8, false),
  Q4_1(DType.Q4_1, 4, 0, true),
  Q5_0(DType.Q5_0, 5, 16, false),
  Q5_1(DType.Q5_1, 5, 0, true);

  /** Vectors in a panel. */
  public static final int VECTORS = 4;

  /** What numbers of half precision are multiplied with: a power of two. */
  public static final int HALF_UNITS = 1024;

  /** What they are below, in absolute value: times {@value #HALF_UNITS} they are still finite. */
  public static final int HALF_LIMIT = 64;

  /** The bits next to the nibbles of an int, where fifth bits belong. */
  public static final int FIFTH_PLACES = 0x10101010;

  // Sign and the rest of a stored half, shifted so that its exponent lies where a float has its
  // own, and what then makes the number of it: the exponents' biases differ by 112.
  static final int HALF_FIELD = 0x8fffe000;
  static final float HALF_BIAS = 0x1p112f / HALF_UNITS;

  private final DType dtype;
  private final int bits;
  private final int offset;
  private final boolean hasMinimum;

  PanelFormat(DType dtype, int bits, int offset, boolean hasMinimum) {
    this.dtype = dtype;
    this.bits = bits;
    this.offset = offset;
    this.hasMinimum = hasMinimum;
  }

  /** The format that holds the elements of this type; f64 is rounded to f32. */
  public static PanelFormat of(DType dtype) {
    return dtype == DType.F64 ? F32 : valueOf(dtype.name());
  }

  /** The type of the elements. */
  public DType dtype() {
    return dtype;
  }

  /** Bits of an element, without scales. */
  public int bits() {
    return bits;
  }

  /** What is added to a quantised element so that it is not negative. */
  public int offset() {
    return offset;
  }

  /** Whether columns come in blocks with scales. */
  public boolean isQuantised() {
    return bits <= 8;
  }

  /** Whether a block has minima beside its scales. */
  public boolean hasMinimum() {
    return hasMinimum;
  }

  /**
   * The share of channels that has to be zero for a product to be faster without them.
   *
   * <p>Columns are short pieces of memory. Leaving some out saves bytes, but the processor no
   * longer sees a stream and waits for each piece that it did not expect. The more it computes per
   * byte, the fewer pieces it has under way at a time: with quantised weights it is slower even
   * when nine of ten are left out (benchmark: PanelBenchmark).
   */
  public double zerosWorthSkipping() {
    return switch (this) {
      case F32 -> 0.65;
      case BF16 -> 0.8;
      case F16 -> 0.9;
      default -> Double.POSITIVE_INFINITY;
    };
  }

  /** Whether elements have a fifth bit. */
  public boolean hasFifthBit() {
    return bits == 5;
  }

  /** Bytes from one column to the next (plain types) or of one block (quantised ones). */
  public int stride(int panelRows) {
    return isQuantised() ? dtype.blockBytes() * panelRows : Math.toIntExact(dtype.bytes(panelRows));
  }

  /** Where the fifth bits of a block begin: after scales and minima. */
  public int fifthBitsAt(int panelRows) {
    return (hasMinimum ? 4 : 2) * panelRows;
  }

  /** Where the elements of a block begin. */
  public int elementsAt(int panelRows) {
    return fifthBitsAt(panelRows) + (hasFifthBit() ? 4 * panelRows : 0);
  }

  /**
   * Where the columns of a plain format lie in a panel: column c is the places[c]-th.
   *
   * <p>Taken in their order they come from the two halves of a panel in turn: two streams of
   * memory, where memory is read faster from several than from one (benchmark: PanelBenchmark).
   */
  public static int[] places(int columns) {
    int[] places = new int[columns];
    int even = (columns + 1) / 2;
    for (int c = 0; c < columns; c++) {
      places[c] = c % 2 * even + c / 2;
    }
    return places;
  }

  /** Bytes of a panel of this many columns. */
  public long panelBytes(int panelRows, int columns) {
    return (long) stride(panelRows) * (isQuantised() ? columns / DType.QUANT_BLOCK : columns);
  }
}

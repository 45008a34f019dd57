package dev.rwkv.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The product of panels of weights with one token, and the decoding of weights for many. Its two
 * implementations, {@link PlainPanels} and {@link BlockPanels}, are the only places that know how
 * each format becomes floats.
 *
 * <p>Computes: y[ρ] = Σ_c W[ρ][c] · x[c]. Plain formats take the columns from a list of their
 * places (see {@link PanelFormat#places}): of all, or of those where x is not zero; the others add
 * nothing, and are not read.
 *
 * <p>Shapes: a panel as {@link PanelFormat} says.
 *
 * <p>Numerics: per row one chain of fused multiply-adds in f32, in the order of columns. Quantised:
 * one chain per block of 32 with the integers q, scaled by d and added to the row's sum with one
 * fused multiply-add, and m · Σx with another; unpacked, a weight is d · q + m. f16 and bf16 become
 * floats exactly.
 *
 * <p>Threads: any, on panels of their own.
 *
 * <p>The templates spell the four vectors out and call nothing but the Vector API: the compiler
 * stops inlining other methods when a method has grown beyond 8000 bytecodes, and a vector that
 * crosses a call is an object. Columns come from a list even when all are wanted: a loop over
 * consecutive ones would be unrolled and its loads reordered, descending and a column apart, which
 * halves what the memory delivers.
 */
public interface PanelKernel {

  /** Rows of a panel: {@value PanelFormat#VECTORS} vectors. */
  int panelRows();

  /**
   * Multiplies one panel or two.
   *
   * @param at where the first begins
   * @param second bytes from there to the second; 0 if there is none
   * @param places where the columns to take lie, in their order; quantised: not read
   * @param count how many; quantised: all
   * @param x the input of the column at places[i] is x[i]
   * @param sums types with minima: Σx of each block of 32 columns; otherwise not read
   * @param y receives H sums at {@code yAt}, those of the second panel behind them
   */
  void multiply(
      MemorySegment panels,
      long at,
      long second,
      int[] places,
      int count,
      float[] x,
      float[] sums,
      float[] y,
      int yAt);

  /**
   * Decodes columns {@code [from, from + columns)}: the i-th of them, row ρ goes to {@code
   * weights[ρ div B][i · B + ρ mod B]}, with B rows of a band, see {@link TileKernel}. Quantised
   * weights come as the floats d · q + m, rounded once.
   *
   * @param at where the panel begins
   * @param places where all its columns lie; quantised: not read
   * @param from the first column; quantised: a multiple of 32
   * @param columns how many; quantised: a multiple of 32
   */
  void unpack(
      MemorySegment panels, long at, int[] places, int from, int columns, float[][] weights);
}

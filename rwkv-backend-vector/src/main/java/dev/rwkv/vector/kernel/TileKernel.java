package dev.rwkv.vector.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Unpacked columns of one panel times several tokens: the inner part of a matrix product, in
 * registers. {@link WideTiles} has 32 of them, which come with AVX-512, {@link NarrowTiles} has 16.
 *
 * <p>Computes: y[t][ρ] = y[t][ρ] + Σ_c W[ρ][c] · x[t][c]; for weights in blocks of 32 columns
 * y[t][ρ] = y[t][ρ] + Σ_b (d[b][ρ] · Σ_c q[ρ][c] · x[t][c] + m[b][ρ] · Σ_c x[t][c]), c over the
 * columns of block b, the last term for types that have minima.
 *
 * <p>Shapes: W or q as {@link PanelKernel#unpack} leaves it, column c, row ρ at c·H + ρ from where
 * it begins; d and m of block b at b·2H and b·2H + H. Tokens of x lie as {@link #at} and {@link
 * #step} say: see {@link TileInputs}. Those of y are rows, {@code yStride} apart.
 *
 * <p>Numerics: per row and token one chain of fused multiply-adds in the order of columns; in
 * blocks one such chain each, then one with d and one with m: the same bits as {@link
 * PanelKernel#multiply}. Aliasing: none. Threads: any, on y of their own.
 */
public interface TileKernel {
  /** Plain weights: y has room for a multiple of so many tokens; what the last hold is not said. */
  int TOKENS = 4;

  /** Weights in blocks: the same. */
  int BLOCK_TOKENS = 12;

  /**
   * Multiplies plain weights.
   *
   * @param weightsAt where the first of the columns begins
   * @param firstToken of those to multiply with, a multiple of {@link #BLOCK_TOKENS}
   * @param endToken the same, or the number of tokens
   * @param column the number of the first column
   * @param columns how many
   * @param first whether chains begin at 0 and not at y
   */
  void multiply(
      float[] weights,
      int weightsAt,
      TileInputs x,
      int firstToken,
      int endToken,
      int column,
      int columns,
      boolean first,
      float[] y,
      int yAt,
      int yStride);

  /**
   * Multiplies weights in blocks, which begin at the beginning of both arrays.
   *
   * @param inputSums Σ_c x[t][c] of block b at {@code t · columns / 32 + b}; null for types without
   *     minima
   * @param firstToken see {@link #multiply}
   * @param column the number of the first column
   * @param blocks how many
   * @param first whether sums begin at 0 and not at y
   */
  void multiplyBlocks(
      float[] weights,
      float[] scales,
      float @Nullable [] inputSums,
      TileInputs x,
      int firstToken,
      int endToken,
      int column,
      int blocks,
      boolean first,
      float[] y,
      int yAt,
      int yStride);

  /**
   * Where the first number of a token lies among the inputs.
   *
   * @param tokens of how many it is one
   * @param columns numbers of a token
   */
  int at(int token, int tokens, int columns);

  /** From one number of a token to the next. */
  int step(int token, int tokens);
}

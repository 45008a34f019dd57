package dev.rwkv.vector.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Two vectors of a panel times some tokens: a piece of {@link NarrowTiles}, for 16 registers.
 *
 * <p>The compiler loads ahead as much as it can, and then keeps chains in memory for want of
 * registers, so that each waits for its own last store: half of the speed. Loads stay behind a
 * fence, which is no instruction on x86. There is no choice of where chains begin, because the
 * compiler stops inlining when a method grows: y is cleared before (the benchmark is
 * TileBenchmark).
 */
interface NarrowTile {
  /** Columns that a tile takes at a time at most, so that what a loop costs is shared. */
  int COLUMNS = 4;

  /**
   * Adds the products of plain weights.
   *
   * @param weightsAt where the two vectors of the first column lie
   * @param columns a multiple of {@link #COLUMNS}
   * @param xAt where the inputs of the first column lie, one of each token
   * @param y0 where the sums of the first token lie
   */
  void multiply(
      float[] weights,
      int weightsAt,
      int columns,
      float[] x,
      int xAt,
      float[] y,
      int y0,
      int yStride);

  /**
   * Adds the products of blocks of 32 columns.
   *
   * @param scalesAt where the two vectors of the first d lie
   * @param sum where the sum of the first token's inputs of the first block lies, those of others
   *     {@code sumsStride} further
   */
  void multiplyBlocks(
      float[] weights,
      int weightsAt,
      float[] scales,
      int scalesAt,
      float @Nullable [] inputSums,
      int sum,
      int sumsStride,
      int blocks,
      float[] x,
      int xAt,
      float[] y,
      int y0,
      int yStride);
}

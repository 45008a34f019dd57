package dev.rwkv.vector.kernel;

/**
 * Two vectors of a panel times some tokens: a piece of {@link NarrowTiles}, for 16 registers.
 *
 * <p>The compiler loads ahead as much as it can, and then keeps chains in memory for want of
 * registers, so that each waits for its own last store: half of the speed. Loads stay behind a
 * fence, which is no instruction on x86. There is no choice of where chains begin, because the
 * compiler stops inlining when a method grows (the benchmark is TileBenchmark).
 */
interface NarrowTile {
  /** Columns that a tile takes at a time, so that what a loop costs is shared. */
  int COLUMNS = 4;

  /**
   * Adds the products of some columns to the sums.
   *
   * @param weights the two vectors of the first column, those of the next behind them; from the
   *     beginning of an array, because the loop has no register for one more address
   * @param columns a multiple of {@link #COLUMNS}
   * @param xAt where the inputs of the first column lie, one of each token
   * @param sumsAt where the two vectors of the first token lie, those of the next behind them
   */
  void multiply(float[] weights, int columns, float[] x, int xAt, float[] sums, int sumsAt);
}

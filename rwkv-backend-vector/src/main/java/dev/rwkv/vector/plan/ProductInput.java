package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.TileInputs;
import dev.rwkv.vector.kernel.TileKernel;

/**
 * What matrices are multiplied with in a pass: the numbers of its only row, or those of several in
 * the order of tiles.
 */
final class ProductInput {
  /** The only row; used when there is one. */
  final float[] row;

  /** All rows; used when there are several. */
  final TileInputs rows;

  ProductInput(int width, TileKernel tile) {
    row = new float[width];
    rows = new TileInputs(tile);
  }
}

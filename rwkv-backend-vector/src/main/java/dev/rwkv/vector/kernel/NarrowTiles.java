package dev.rwkv.vector.kernel;

/**
 * {@link TileKernel} for 16 vector registers, for one width.
 *
 * <p>Tokens are taken by sixes, and what these leave over, at most eight, by fours: none is
 * computed for nothing when their number is a multiple of four. The inputs of a tile lie column by
 * column, so that one address serves for all its tokens: six rows would take six of the other
 * registers, of which there are too few as well.
 */
final class NarrowTiles implements TileKernel {
  private static final int SIX = 6;
  private static final int FOUR = 4;
  // 64 KiB of a band at 256 bits, from the second-level cache: a tile reads so little for each
  // multiply-add that this is no slower than from the first, and its beginning and end, with the
  // checks of all indices, count less (benchmark: TileBenchmark).
  private static final int COLUMNS = 1024;

  private final int band;
  private final NarrowTile six;
  private final NarrowTile four;

  NarrowTiles(KernelSpec spec) {
    band = spec.bandRows();
    six = spec.define(NarrowTile.class, SixTokenTile.class);
    four = spec.define(NarrowTile.class, FourTokenTile.class);
  }

  // The tokens that are taken by sixes; the others, to a multiple of four, by fours.
  private static int inSixes(int tokens) {
    int fours = (tokens + FOUR - 1) / FOUR;
    return (fours - fours % (SIX / 2)) * FOUR;
  }

  @Override
  public int at(int token, int tokens, int columns) {
    int sixes = inSixes(tokens);
    int inTile = token < sixes ? token % SIX : (token - sixes) % FOUR;
    return (token - inTile) * columns + inTile;
  }

  @Override
  public int step(int token, int tokens) {
    return token < inSixes(tokens) ? SIX : FOUR;
  }

  @Override
  public int bandRows() {
    return band;
  }

  @Override
  public int columnsAtATime() {
    return COLUMNS;
  }

  @Override
  public void multiply(
      float[] weights,
      int columns,
      TileInputs x,
      int firstToken,
      int endToken,
      int column,
      float[] sums) {
    int together = columns - columns % NarrowTile.COLUMNS;
    int size;
    for (int t = firstToken; t < endToken; t += size) {
      size = step(t, x.tokens());
      NarrowTile tile = size == SIX ? six : four;
      int from = t * x.columns() + column * size;
      tile.multiply(weights, together, x.values(), from, sums, (t - firstToken) * band);
    }
    for (int c = together; c < columns; c++) {
      for (int t = firstToken; t < endToken; t++) {
        oneColumn(weights, c * band, x.value(t, column + c), sums, (t - firstToken) * band);
      }
    }
  }

  private void oneColumn(float[] weights, int weightsAt, float input, float[] sums, int sumsAt) {
    for (int row = 0; row < band; row++) {
      sums[sumsAt + row] = Math.fma(weights[weightsAt + row], input, sums[sumsAt + row]);
    }
  }
}

package dev.rwkv.vector.kernel;

/**
 * The inputs of several tokens, in the order in which the tiles of a {@link TileKernel} read them.
 *
 * <p>Grows to the largest size asked for, and stays. Different threads may put different tokens, or
 * different columns of one, at the same time.
 */
public final class TileInputs {
  private final TileKernel tile;
  private float[] values = new float[0];
  private int tokens;
  private int columns;

  /** Inputs for this kernel, without any room. */
  public TileInputs(TileKernel tile) {
    this.tile = tile;
  }

  /**
   * Makes room; what was there is lost.
   *
   * @param newColumns numbers of a token
   */
  public void reserve(int newTokens, int newColumns) {
    tokens = newTokens;
    columns = newColumns;
    int room = roomFor(newTokens);
    int size =
        Math.addExact(
            tile.at(room - 1, room, newColumns),
            Math.multiplyExact(newColumns, tile.step(room - 1, room)));
    if (values.length < size) {
      values = new float[size];
    }
  }

  /** Tokens rounded up to what kernels take at a time. */
  public static int roomFor(int tokens) {
    return (tokens + TileKernel.TOKENS - 1) / TileKernel.TOKENS * TileKernel.TOKENS;
  }

  /** Puts columns {@code [from, to)} of a token; those that there are not are left out. */
  public void put(int token, float[] row, int rowAt, int from, int to) {
    int at = tile.at(token, tokens, columns);
    int step = tile.step(token, tokens);
    int end = Math.min(to, columns);
    if (step == 1 && from < end) {
      System.arraycopy(row, rowAt + from, values, at + from, end - from);
      return;
    }
    for (int c = from; c < end; c++) {
      values[at + c * step] = row[rowAt + c];
    }
  }

  /** A number that was put. */
  float value(int token, int column) {
    return values[tile.at(token, tokens, columns) + column * tile.step(token, tokens)];
  }

  /** How many tokens there are. */
  public int tokens() {
    return tokens;
  }

  /** Numbers of a token. */
  public int columns() {
    return columns;
  }

  float[] values() {
    return values;
  }
}

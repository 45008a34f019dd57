package dev.rwkv.vector.kernel;

/**
 * Unpacked columns of some rows times several tokens: the inner part of a matrix product, in
 * registers. {@link WideTiles} has 32 of them, which come with AVX-512, {@link NarrowTiles} has 16.
 *
 * <p>Computes: s[t][ρ] = s[t][ρ] + Σ_c W[ρ][c] · x[t][c].
 *
 * <p>Shapes: B = {@link #bandRows} rows are multiplied at a time, a band; a panel is one or two of
 * them. Row ρ of column c is {@code weights[c · B + ρ]}; that of the t-th of the tokens to multiply
 * with is {@code sums[t · B + ρ]}, with room for a multiple of {@link #TOKENS} of them; what the
 * last hold is not said. Tokens of x lie as {@link #at} and {@link #step} say: see {@link
 * TileInputs}.
 *
 * <p>Numerics: per row and token one chain of fused multiply-adds in the order of columns; for
 * formats that are not quantised the same bits as {@link PanelKernel#multiply}. Aliasing: none.
 * Threads: any, on sums of their own.
 */
public interface TileKernel {
  /** Inputs and sums have room for a multiple of so many tokens. */
  int TOKENS = 4;

  /** No tile reaches over a multiple of so many tokens. */
  int BORDER = 12;

  /**
   * Multiplies some columns of a band with some tokens.
   *
   * @param columns how many
   * @param firstToken of those to multiply with, a multiple of {@link #BORDER}
   * @param endToken the same, or the number of tokens
   * @param column the number of the first column
   */
  void multiply(
      float[] weights,
      int columns,
      TileInputs x,
      int firstToken,
      int endToken,
      int column,
      float[] sums);

  /**
   * Copies the sums of tokens to where results are wanted. While they grow they lie together; rows
   * of a result are pages apart.
   *
   * @param y receives the band's rows of the first token at {@code yAt}, those of the next {@code
   *     yStride} further
   */
  default void copyOut(float[] sums, int tokens, float[] y, int yAt, int yStride) {
    int rows = bandRows();
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(sums, t * rows, y, yAt + t * yStride, rows);
    }
  }

  /** Rows of a band. */
  int bandRows();

  /** Columns that are best unpacked at a time: a multiple of 32. */
  int columnsAtATime();

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

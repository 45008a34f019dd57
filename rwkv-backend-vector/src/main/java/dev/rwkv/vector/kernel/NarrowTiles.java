package dev.rwkv.vector.kernel;

import dev.rwkv.tensor.DType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

  private final int lanes;
  private final int height;
  private final NarrowTile six;
  private final NarrowTile four;

  NarrowTiles(KernelSpec spec) {
    lanes = spec.floats().length();
    height = PanelFormat.VECTORS * lanes;
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
  public void multiply(
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
      int yStride) {
    if (first) {
      clear(firstToken, endToken, y, yAt, yStride);
    }
    int together = columns - columns % NarrowTile.COLUMNS;
    int size;
    for (int t = firstToken; t < endToken; t += size) {
      size = step(t, x.tokens());
      int from = t * x.columns() + column * size;
      for (int row = 0; row < height; row += 2 * lanes) {
        tile(size)
            .multiply(
                weights,
                weightsAt + row,
                together,
                x.values(),
                from,
                y,
                yAt + t * yStride + row,
                yStride);
      }
    }
    if (together < columns) {
      for (int t = firstToken; t < endToken; t++) {
        for (int c = together; c < columns; c++) {
          float input = x.value(t, column + c);
          oneColumn(weights, weightsAt + c * height, input, y, yAt + t * yStride);
        }
      }
    }
  }

  @Override
  public void multiplyBlocks(
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
      int yStride) {
    if (first) {
      clear(firstToken, endToken, y, yAt, yStride);
    }
    int sumsStride = x.columns() / DType.QUANT_BLOCK;
    int size;
    for (int t = firstToken; t < endToken; t += size) {
      size = step(t, x.tokens());
      int from = t * x.columns() + column * size;
      int sum = t * sumsStride + column / DType.QUANT_BLOCK;
      for (int row = 0; row < height; row += 2 * lanes) {
        tile(size)
            .multiplyBlocks(
                weights,
                row,
                scales,
                row,
                inputSums,
                sum,
                sumsStride,
                blocks,
                x.values(),
                from,
                y,
                yAt + t * yStride + row,
                yStride);
      }
    }
  }

  private NarrowTile tile(int tokens) {
    return tokens == SIX ? six : four;
  }

  private void oneColumn(float[] weights, int weightsAt, float input, float[] y, int yAt) {
    for (int row = 0; row < height; row++) {
      y[yAt + row] = Math.fma(weights[weightsAt + row], input, y[yAt + row]);
    }
  }

  private void clear(int firstToken, int endToken, float[] y, int yAt, int yStride) {
    for (int t = firstToken; t < endToken; t++) {
      Arrays.fill(y, yAt + t * yStride, yAt + t * yStride + height, 0);
    }
  }
}

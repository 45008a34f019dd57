package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * A block of unpacked columns of one panel times several tokens: the inner part of a matrix
 * product, in registers.
 *
 * <p>Computes: y[t][ρ] = y[t][ρ] + Σ_c W[ρ][c] · x[t][c]; for a block of quantised weights y[t][ρ]
 * = y[t][ρ] + d[ρ] · Σ_c W[ρ][c] · x[t][c], to which {@link #addMinima} adds m[ρ] · Σ_c x[t][c].
 *
 * <p>Shapes: weights as {@link PanelKernel#unpack} leaves them, column c, row ρ at c·H + ρ. Tokens
 * are rows of x and y. They are taken 8 or 4 at a time: x and y have room for a number of tokens
 * that is a multiple of 8, and what the additional ones hold does not matter.
 *
 * <p>Numerics: per row and token one chain of fused multiply-adds in the order of columns: the same
 * bits as {@link PanelKernel#multiply}. Aliasing: none. Threads: any, on y of their own.
 */
public interface TileKernel {

  /**
   * Multiplies a block.
   *
   * @param columns how many columns the block has
   * @param scales d of every row; null for plain weights
   * @param xStride from one token of x to the next
   * @param first whether plain chains begin at 0 and not at y
   */
  void multiply(
      float[] weights,
      int columns,
      float @Nullable [] scales,
      float[] x,
      int xAt,
      int xStride,
      int tokens,
      boolean first,
      float[] y,
      int yAt,
      int yStride);

  /**
   * Adds the minima of a block: y[t][ρ] = y[t][ρ] + m[ρ] · sum[t].
   *
   * @param minima where m of row 0 lies in {@code scales}
   * @param inputSums Σ_c x[t][c] of the block for every token
   */
  void addMinima(
      float[] scales,
      int minima,
      float[] inputSums,
      int sumsAt,
      int sumsStride,
      int tokens,
      float[] y,
      int yAt,
      int yStride);

  /** The implementation, for one width. */
  final class Template implements TileKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final int LANES = F.length();
    private static final int H = PanelFormat.VECTORS * LANES;
    // Eight tokens by two vectors need 19 registers: AVX-512 has 32, others may have 16.
    private static final boolean WIDE = LANES == 16;

    @Override
    public void multiply(
        float[] weights,
        int columns,
        float @Nullable [] scales,
        float[] x,
        int xAt,
        int xStride,
        int tokens,
        boolean first,
        float[] y,
        int yAt,
        int yStride) {
      boolean fresh = first || scales != null;
      int t = 0;
      while (t < tokens) {
        boolean eight = WIDE && tokens - t > 4;
        for (int row = 0; row < H; row += 2 * LANES) {
          int from = xAt + t * xStride;
          int to = yAt + t * yStride + row;
          if (eight) {
            eight(weights, row, columns, scales, x, from, xStride, fresh, y, to, yStride);
          } else {
            four(weights, row, columns, scales, x, from, xStride, fresh, y, to, yStride);
          }
        }
        t += eight ? 8 : 4;
      }
    }

    private static FloatVector start(boolean first, float[] y, int at) {
      return first ? FloatVector.zero(F) : FloatVector.fromArray(F, y, at);
    }

    private static void four(
        float[] weights,
        int row,
        int columns,
        float @Nullable [] scales,
        float[] x,
        int x0,
        int xStride,
        boolean first,
        float[] y,
        int y0,
        int yStride) {
      int x1 = x0 + xStride;
      int x2 = x1 + xStride;
      int x3 = x2 + xStride;
      int y1 = y0 + yStride;
      int y2 = y1 + yStride;
      int y3 = y2 + yStride;
      FloatVector a0 = start(first, y, y0);
      FloatVector a1 = start(first, y, y1);
      FloatVector a2 = start(first, y, y2);
      FloatVector a3 = start(first, y, y3);
      FloatVector b0 = start(first, y, y0 + LANES);
      FloatVector b1 = start(first, y, y1 + LANES);
      FloatVector b2 = start(first, y, y2 + LANES);
      FloatVector b3 = start(first, y, y3 + LANES);
      for (int c = 0; c < columns; c++) {
        FloatVector a = FloatVector.fromArray(F, weights, c * H + row);
        FloatVector b = FloatVector.fromArray(F, weights, c * H + row + LANES);
        FloatVector s = FloatVector.broadcast(F, x[x0 + c]);
        a0 = a.fma(s, a0);
        b0 = b.fma(s, b0);
        s = FloatVector.broadcast(F, x[x1 + c]);
        a1 = a.fma(s, a1);
        b1 = b.fma(s, b1);
        s = FloatVector.broadcast(F, x[x2 + c]);
        a2 = a.fma(s, a2);
        b2 = b.fma(s, b2);
        s = FloatVector.broadcast(F, x[x3 + c]);
        a3 = a.fma(s, a3);
        b3 = b.fma(s, b3);
      }
      if (scales != null) {
        FloatVector a = FloatVector.fromArray(F, scales, row);
        FloatVector b = FloatVector.fromArray(F, scales, row + LANES);
        a0 = a.fma(a0, FloatVector.fromArray(F, y, y0));
        a1 = a.fma(a1, FloatVector.fromArray(F, y, y1));
        a2 = a.fma(a2, FloatVector.fromArray(F, y, y2));
        a3 = a.fma(a3, FloatVector.fromArray(F, y, y3));
        b0 = b.fma(b0, FloatVector.fromArray(F, y, y0 + LANES));
        b1 = b.fma(b1, FloatVector.fromArray(F, y, y1 + LANES));
        b2 = b.fma(b2, FloatVector.fromArray(F, y, y2 + LANES));
        b3 = b.fma(b3, FloatVector.fromArray(F, y, y3 + LANES));
      }
      a0.intoArray(y, y0);
      a1.intoArray(y, y1);
      a2.intoArray(y, y2);
      a3.intoArray(y, y3);
      b0.intoArray(y, y0 + LANES);
      b1.intoArray(y, y1 + LANES);
      b2.intoArray(y, y2 + LANES);
      b3.intoArray(y, y3 + LANES);
    }

    private static void eight(
        float[] weights,
        int row,
        int columns,
        float @Nullable [] scales,
        float[] x,
        int x0,
        int xStride,
        boolean first,
        float[] y,
        int y0,
        int yStride) {
      int x1 = x0 + xStride;
      int x2 = x1 + xStride;
      int x3 = x2 + xStride;
      int x4 = x3 + xStride;
      int x5 = x4 + xStride;
      int x6 = x5 + xStride;
      int x7 = x6 + xStride;
      int y1 = y0 + yStride;
      int y2 = y1 + yStride;
      int y3 = y2 + yStride;
      int y4 = y3 + yStride;
      int y5 = y4 + yStride;
      int y6 = y5 + yStride;
      int y7 = y6 + yStride;
      FloatVector a0 = start(first, y, y0);
      FloatVector a1 = start(first, y, y1);
      FloatVector a2 = start(first, y, y2);
      FloatVector a3 = start(first, y, y3);
      FloatVector a4 = start(first, y, y4);
      FloatVector a5 = start(first, y, y5);
      FloatVector a6 = start(first, y, y6);
      FloatVector a7 = start(first, y, y7);
      FloatVector b0 = start(first, y, y0 + LANES);
      FloatVector b1 = start(first, y, y1 + LANES);
      FloatVector b2 = start(first, y, y2 + LANES);
      FloatVector b3 = start(first, y, y3 + LANES);
      FloatVector b4 = start(first, y, y4 + LANES);
      FloatVector b5 = start(first, y, y5 + LANES);
      FloatVector b6 = start(first, y, y6 + LANES);
      FloatVector b7 = start(first, y, y7 + LANES);
      for (int c = 0; c < columns; c++) {
        FloatVector a = FloatVector.fromArray(F, weights, c * H + row);
        FloatVector b = FloatVector.fromArray(F, weights, c * H + row + LANES);
        FloatVector s = FloatVector.broadcast(F, x[x0 + c]);
        a0 = a.fma(s, a0);
        b0 = b.fma(s, b0);
        s = FloatVector.broadcast(F, x[x1 + c]);
        a1 = a.fma(s, a1);
        b1 = b.fma(s, b1);
        s = FloatVector.broadcast(F, x[x2 + c]);
        a2 = a.fma(s, a2);
        b2 = b.fma(s, b2);
        s = FloatVector.broadcast(F, x[x3 + c]);
        a3 = a.fma(s, a3);
        b3 = b.fma(s, b3);
        s = FloatVector.broadcast(F, x[x4 + c]);
        a4 = a.fma(s, a4);
        b4 = b.fma(s, b4);
        s = FloatVector.broadcast(F, x[x5 + c]);
        a5 = a.fma(s, a5);
        b5 = b.fma(s, b5);
        s = FloatVector.broadcast(F, x[x6 + c]);
        a6 = a.fma(s, a6);
        b6 = b.fma(s, b6);
        s = FloatVector.broadcast(F, x[x7 + c]);
        a7 = a.fma(s, a7);
        b7 = b.fma(s, b7);
      }
      if (scales != null) {
        FloatVector a = FloatVector.fromArray(F, scales, row);
        FloatVector b = FloatVector.fromArray(F, scales, row + LANES);
        a0 = a.fma(a0, FloatVector.fromArray(F, y, y0));
        a1 = a.fma(a1, FloatVector.fromArray(F, y, y1));
        a2 = a.fma(a2, FloatVector.fromArray(F, y, y2));
        a3 = a.fma(a3, FloatVector.fromArray(F, y, y3));
        a4 = a.fma(a4, FloatVector.fromArray(F, y, y4));
        a5 = a.fma(a5, FloatVector.fromArray(F, y, y5));
        a6 = a.fma(a6, FloatVector.fromArray(F, y, y6));
        a7 = a.fma(a7, FloatVector.fromArray(F, y, y7));
        b0 = b.fma(b0, FloatVector.fromArray(F, y, y0 + LANES));
        b1 = b.fma(b1, FloatVector.fromArray(F, y, y1 + LANES));
        b2 = b.fma(b2, FloatVector.fromArray(F, y, y2 + LANES));
        b3 = b.fma(b3, FloatVector.fromArray(F, y, y3 + LANES));
        b4 = b.fma(b4, FloatVector.fromArray(F, y, y4 + LANES));
        b5 = b.fma(b5, FloatVector.fromArray(F, y, y5 + LANES));
        b6 = b.fma(b6, FloatVector.fromArray(F, y, y6 + LANES));
        b7 = b.fma(b7, FloatVector.fromArray(F, y, y7 + LANES));
      }
      a0.intoArray(y, y0);
      a1.intoArray(y, y1);
      a2.intoArray(y, y2);
      a3.intoArray(y, y3);
      a4.intoArray(y, y4);
      a5.intoArray(y, y5);
      a6.intoArray(y, y6);
      a7.intoArray(y, y7);
      b0.intoArray(y, y0 + LANES);
      b1.intoArray(y, y1 + LANES);
      b2.intoArray(y, y2 + LANES);
      b3.intoArray(y, y3 + LANES);
      b4.intoArray(y, y4 + LANES);
      b5.intoArray(y, y5 + LANES);
      b6.intoArray(y, y6 + LANES);
      b7.intoArray(y, y7 + LANES);
    }

    @Override
    public void addMinima(
        float[] scales,
        int minima,
        float[] inputSums,
        int sumsAt,
        int sumsStride,
        int tokens,
        float[] y,
        int yAt,
        int yStride) {
      for (int row = 0; row < H; row += LANES) {
        FloatVector m = FloatVector.fromArray(F, scales, minima + row);
        for (int t = 0; t < tokens; t++) {
          int at = yAt + t * yStride + row;
          FloatVector sum = FloatVector.broadcast(F, inputSums[sumsAt + t * sumsStride]);
          m.fma(sum, FloatVector.fromArray(F, y, at)).intoArray(y, at);
        }
      }
    }
  }
}

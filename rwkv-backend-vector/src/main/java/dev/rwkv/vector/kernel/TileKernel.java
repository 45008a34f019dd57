package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Unpacked columns of one panel times several tokens: the inner part of a matrix product, in
 * registers.
 *
 * <p>Computes: y[t][ρ] = y[t][ρ] + Σ_c W[ρ][c] · x[t][c].
 *
 * <p>Shapes: weights as {@link PanelKernel#unpack} leaves them, column c, row ρ at c·H + ρ from
 * where they begin. Tokens are rows of x and y, taken {@value #TOKENS} at a time: x and y have room
 * for a multiple of that, and what the additional ones hold does not matter.
 *
 * <p>Numerics: per row and token one chain of fused multiply-adds in the order of columns: the same
 * bits as {@link PanelKernel#multiply}. Aliasing: none. Threads: any, on y of their own.
 *
 * <p>Four tokens by four vectors are 16 chains, 4 weights and a token's input: 21 registers, and
 * half a load for each multiply-add. Eight tokens by two vectors need more loads and twice the
 * addresses: 0.89 of the peak where this has 0.97, on a processor with one 512-bit multiply-add a
 * cycle (the benchmark is TileBenchmark). Two columns a turn halve the cost of the loop.
 */
public interface TileKernel {
  /** Tokens of a tile. */
  int TOKENS = 4;

  /**
   * Multiplies.
   *
   * @param weightsAt where the first column begins
   * @param columns how many
   * @param xStride from one token of x to the next
   * @param first whether chains begin at 0 and not at y
   */
  void multiply(
      float[] weights,
      int weightsAt,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      int tokens,
      boolean first,
      float[] y,
      int yAt,
      int yStride);

  /** The implementation, for one width. */
  final class Template implements TileKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final int LANES = F.length();
    private static final int H = PanelFormat.VECTORS * LANES;
    // 32 registers come with AVX-512; others may have 16.
    private static final boolean WIDE = LANES == 16;

    @Override
    public void multiply(
        float[] weights,
        int weightsAt,
        int columns,
        float[] x,
        int xAt,
        int xStride,
        int tokens,
        boolean first,
        float[] y,
        int yAt,
        int yStride) {
      for (int t = 0; t < tokens; t += TOKENS) {
        int from = xAt + t * xStride;
        int to = yAt + t * yStride;
        if (WIDE) {
          fourVectors(weights, weightsAt, columns, x, from, xStride, first, y, to, yStride);
        } else {
          twoVectors(weights, weightsAt, columns, x, from, xStride, first, y, to, yStride);
          int second = 2 * LANES;
          twoVectors(
              weights,
              weightsAt + second,
              columns,
              x,
              from,
              xStride,
              first,
              y,
              to + second,
              yStride);
        }
      }
    }

    private static FloatVector start(boolean first, float[] y, int at) {
      return first ? FloatVector.zero(F) : FloatVector.fromArray(F, y, at);
    }

    private static void fourVectors(
        float[] weights,
        int weightsAt,
        int columns,
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
      FloatVector b0 = start(first, y, y0 + LANES);
      FloatVector c0 = start(first, y, y0 + 2 * LANES);
      FloatVector d0 = start(first, y, y0 + 3 * LANES);
      FloatVector a1 = start(first, y, y1);
      FloatVector b1 = start(first, y, y1 + LANES);
      FloatVector c1 = start(first, y, y1 + 2 * LANES);
      FloatVector d1 = start(first, y, y1 + 3 * LANES);
      FloatVector a2 = start(first, y, y2);
      FloatVector b2 = start(first, y, y2 + LANES);
      FloatVector c2 = start(first, y, y2 + 2 * LANES);
      FloatVector d2 = start(first, y, y2 + 3 * LANES);
      FloatVector a3 = start(first, y, y3);
      FloatVector b3 = start(first, y, y3 + LANES);
      FloatVector c3 = start(first, y, y3 + 2 * LANES);
      FloatVector d3 = start(first, y, y3 + 3 * LANES);
      for (int column = 0; column < columns; column += 2) {
        int at = weightsAt + column * H;
        FloatVector a = FloatVector.fromArray(F, weights, at);
        FloatVector b = FloatVector.fromArray(F, weights, at + LANES);
        FloatVector c = FloatVector.fromArray(F, weights, at + 2 * LANES);
        FloatVector d = FloatVector.fromArray(F, weights, at + 3 * LANES);
        FloatVector s = FloatVector.broadcast(F, x[x0 + column]);
        a0 = a.fma(s, a0);
        b0 = b.fma(s, b0);
        c0 = c.fma(s, c0);
        d0 = d.fma(s, d0);
        s = FloatVector.broadcast(F, x[x1 + column]);
        a1 = a.fma(s, a1);
        b1 = b.fma(s, b1);
        c1 = c.fma(s, c1);
        d1 = d.fma(s, d1);
        s = FloatVector.broadcast(F, x[x2 + column]);
        a2 = a.fma(s, a2);
        b2 = b.fma(s, b2);
        c2 = c.fma(s, c2);
        d2 = d.fma(s, d2);
        s = FloatVector.broadcast(F, x[x3 + column]);
        a3 = a.fma(s, a3);
        b3 = b.fma(s, b3);
        c3 = c.fma(s, c3);
        d3 = d.fma(s, d3);
        if (column + 1 < columns) {
          at += H;
          a = FloatVector.fromArray(F, weights, at);
          b = FloatVector.fromArray(F, weights, at + LANES);
          c = FloatVector.fromArray(F, weights, at + 2 * LANES);
          d = FloatVector.fromArray(F, weights, at + 3 * LANES);
          s = FloatVector.broadcast(F, x[x0 + column + 1]);
          a0 = a.fma(s, a0);
          b0 = b.fma(s, b0);
          c0 = c.fma(s, c0);
          d0 = d.fma(s, d0);
          s = FloatVector.broadcast(F, x[x1 + column + 1]);
          a1 = a.fma(s, a1);
          b1 = b.fma(s, b1);
          c1 = c.fma(s, c1);
          d1 = d.fma(s, d1);
          s = FloatVector.broadcast(F, x[x2 + column + 1]);
          a2 = a.fma(s, a2);
          b2 = b.fma(s, b2);
          c2 = c.fma(s, c2);
          d2 = d.fma(s, d2);
          s = FloatVector.broadcast(F, x[x3 + column + 1]);
          a3 = a.fma(s, a3);
          b3 = b.fma(s, b3);
          c3 = c.fma(s, c3);
          d3 = d.fma(s, d3);
        }
      }
      a0.intoArray(y, y0);
      b0.intoArray(y, y0 + LANES);
      c0.intoArray(y, y0 + 2 * LANES);
      d0.intoArray(y, y0 + 3 * LANES);
      a1.intoArray(y, y1);
      b1.intoArray(y, y1 + LANES);
      c1.intoArray(y, y1 + 2 * LANES);
      d1.intoArray(y, y1 + 3 * LANES);
      a2.intoArray(y, y2);
      b2.intoArray(y, y2 + LANES);
      c2.intoArray(y, y2 + 2 * LANES);
      d2.intoArray(y, y2 + 3 * LANES);
      a3.intoArray(y, y3);
      b3.intoArray(y, y3 + LANES);
      c3.intoArray(y, y3 + 2 * LANES);
      d3.intoArray(y, y3 + 3 * LANES);
    }

    private static void twoVectors(
        float[] weights,
        int weightsAt,
        int columns,
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
      FloatVector b0 = start(first, y, y0 + LANES);
      FloatVector a1 = start(first, y, y1);
      FloatVector b1 = start(first, y, y1 + LANES);
      FloatVector a2 = start(first, y, y2);
      FloatVector b2 = start(first, y, y2 + LANES);
      FloatVector a3 = start(first, y, y3);
      FloatVector b3 = start(first, y, y3 + LANES);
      for (int column = 0; column < columns; column += 2) {
        int at = weightsAt + column * H;
        FloatVector a = FloatVector.fromArray(F, weights, at);
        FloatVector b = FloatVector.fromArray(F, weights, at + LANES);
        FloatVector s = FloatVector.broadcast(F, x[x0 + column]);
        a0 = a.fma(s, a0);
        b0 = b.fma(s, b0);
        s = FloatVector.broadcast(F, x[x1 + column]);
        a1 = a.fma(s, a1);
        b1 = b.fma(s, b1);
        s = FloatVector.broadcast(F, x[x2 + column]);
        a2 = a.fma(s, a2);
        b2 = b.fma(s, b2);
        s = FloatVector.broadcast(F, x[x3 + column]);
        a3 = a.fma(s, a3);
        b3 = b.fma(s, b3);
        if (column + 1 < columns) {
          at += H;
          a = FloatVector.fromArray(F, weights, at);
          b = FloatVector.fromArray(F, weights, at + LANES);
          s = FloatVector.broadcast(F, x[x0 + column + 1]);
          a0 = a.fma(s, a0);
          b0 = b.fma(s, b0);
          s = FloatVector.broadcast(F, x[x1 + column + 1]);
          a1 = a.fma(s, a1);
          b1 = b.fma(s, b1);
          s = FloatVector.broadcast(F, x[x2 + column + 1]);
          a2 = a.fma(s, a2);
          b2 = b.fma(s, b2);
          s = FloatVector.broadcast(F, x[x3 + column + 1]);
          a3 = a.fma(s, a3);
          b3 = b.fma(s, b3);
        }
      }
      a0.intoArray(y, y0);
      b0.intoArray(y, y0 + LANES);
      a1.intoArray(y, y1);
      b1.intoArray(y, y1 + LANES);
      a2.intoArray(y, y2);
      b2.intoArray(y, y2 + LANES);
      a3.intoArray(y, y3);
      b3.intoArray(y, y3 + LANES);
    }
  }
}

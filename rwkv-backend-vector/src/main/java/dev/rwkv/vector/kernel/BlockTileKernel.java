package dev.rwkv.vector.kernel;

import dev.rwkv.tensor.DType;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Unpacked blocks of quantised weights of one panel times several tokens: what {@link TileKernel}
 * is for plain weights.
 *
 * <p>Computes: y[t][ρ] = y[t][ρ] + Σ_b (d[b][ρ] · Σ_c q[ρ][c] · x[t][c] + m[b][ρ] · Σ_c x[t][c]), c
 * over the 32 columns of block b, the second term for types that have minima.
 *
 * <p>Shapes: q as {@link PanelKernel#unpack} leaves it, column c, row ρ at c·H + ρ; d and m of
 * block b at b·2H and b·2H + H. Tokens are rows of x and y, taken {@value #TOKENS} at a time: x, y
 * and the sums have room for a multiple of that, and what the additional ones hold does not matter.
 *
 * <p>Numerics: per row, token and block one chain of fused multiply-adds in the order of columns,
 * then one with d and one with m: the same bits as {@link PanelKernel#multiply}. Aliasing: none.
 * Threads: any, on y of their own.
 *
 * <p>The sums over blocks stay in registers beside those of a block, which leaves room for three
 * tokens by four vectors.
 */
public interface BlockTileKernel {
  /** Tokens of a tile. */
  int TOKENS = 3;

  /**
   * Multiplies.
   *
   * @param blocks how many
   * @param inputSums Σ_c x[t][c] of every token and block; null for types without minima
   * @param sumsAt where that of the first block and token lies
   * @param sumsStride from one token of the sums to the next
   * @param xStride from one token of x to the next
   * @param first whether sums begin at 0 and not at y
   */
  void multiply(
      float[] weights,
      int blocks,
      float[] scales,
      float @Nullable [] inputSums,
      int sumsAt,
      int sumsStride,
      float[] x,
      int xAt,
      int xStride,
      int tokens,
      boolean first,
      float[] y,
      int yAt,
      int yStride);

  /** The implementation, for one width. */
  final class Template implements BlockTileKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final int LANES = F.length();
    private static final int H = PanelFormat.VECTORS * LANES;
    // 32 registers come with AVX-512; others may have 16.
    private static final boolean WIDE = LANES == 16;

    @Override
    public void multiply(
        float[] weights,
        int blocks,
        float[] scales,
        float @Nullable [] inputSums,
        int sumsAt,
        int sumsStride,
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
        int sums = sumsAt + t * sumsStride;
        if (WIDE) {
          fourVectors(
              weights,
              blocks,
              scales,
              inputSums,
              sums,
              sumsStride,
              x,
              from,
              xStride,
              first,
              y,
              to,
              yStride);
        } else {
          for (int row = 0; row < H; row += 2 * LANES) {
            twoVectors(
                weights,
                row,
                blocks,
                scales,
                inputSums,
                sums,
                sumsStride,
                x,
                from,
                xStride,
                first,
                y,
                to + row,
                yStride);
          }
        }
      }
    }

    private static FloatVector start(boolean first, float[] y, int at) {
      return first ? FloatVector.zero(F) : FloatVector.fromArray(F, y, at);
    }

    private static void fourVectors(
        float[] weights,
        int blocks,
        float[] scales,
        float @Nullable [] inputSums,
        int sumsAt,
        int sumsStride,
        float[] x,
        int x0,
        int xStride,
        boolean first,
        float[] y,
        int y0,
        int yStride) {
      int x1 = x0 + xStride;
      int x2 = x1 + xStride;
      int y1 = y0 + yStride;
      int y2 = y1 + yStride;
      FloatVector e0 = start(first, y, y0);
      FloatVector f0 = start(first, y, y0 + LANES);
      FloatVector g0 = start(first, y, y0 + 2 * LANES);
      FloatVector h0 = start(first, y, y0 + 3 * LANES);
      FloatVector e1 = start(first, y, y1);
      FloatVector f1 = start(first, y, y1 + LANES);
      FloatVector g1 = start(first, y, y1 + 2 * LANES);
      FloatVector h1 = start(first, y, y1 + 3 * LANES);
      FloatVector e2 = start(first, y, y2);
      FloatVector f2 = start(first, y, y2 + LANES);
      FloatVector g2 = start(first, y, y2 + 2 * LANES);
      FloatVector h2 = start(first, y, y2 + 3 * LANES);
      for (int block = 0; block < blocks; block++) {
        FloatVector a0 = FloatVector.zero(F);
        FloatVector b0 = a0;
        FloatVector c0 = a0;
        FloatVector d0 = a0;
        FloatVector a1 = a0;
        FloatVector b1 = a0;
        FloatVector c1 = a0;
        FloatVector d1 = a0;
        FloatVector a2 = a0;
        FloatVector b2 = a0;
        FloatVector c2 = a0;
        FloatVector d2 = a0;
        int at;
        int from = block * DType.QUANT_BLOCK;
        for (int column = from; column < from + DType.QUANT_BLOCK; column += 2) {
          at = column * H;
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
        }
        at = block * 2 * H;
        FloatVector a = FloatVector.fromArray(F, scales, at);
        FloatVector b = FloatVector.fromArray(F, scales, at + LANES);
        FloatVector c = FloatVector.fromArray(F, scales, at + 2 * LANES);
        FloatVector d = FloatVector.fromArray(F, scales, at + 3 * LANES);
        e0 = a.fma(a0, e0);
        f0 = b.fma(b0, f0);
        g0 = c.fma(c0, g0);
        h0 = d.fma(d0, h0);
        e1 = a.fma(a1, e1);
        f1 = b.fma(b1, f1);
        g1 = c.fma(c1, g1);
        h1 = d.fma(d1, h1);
        e2 = a.fma(a2, e2);
        f2 = b.fma(b2, f2);
        g2 = c.fma(c2, g2);
        h2 = d.fma(d2, h2);
        if (inputSums != null) {
          at += H;
          int sum = sumsAt + block;
          a = FloatVector.fromArray(F, scales, at);
          b = FloatVector.fromArray(F, scales, at + LANES);
          c = FloatVector.fromArray(F, scales, at + 2 * LANES);
          d = FloatVector.fromArray(F, scales, at + 3 * LANES);
          FloatVector s = FloatVector.broadcast(F, inputSums[sum]);
          e0 = a.fma(s, e0);
          f0 = b.fma(s, f0);
          g0 = c.fma(s, g0);
          h0 = d.fma(s, h0);
          s = FloatVector.broadcast(F, inputSums[sum + sumsStride]);
          e1 = a.fma(s, e1);
          f1 = b.fma(s, f1);
          g1 = c.fma(s, g1);
          h1 = d.fma(s, h1);
          s = FloatVector.broadcast(F, inputSums[sum + 2 * sumsStride]);
          e2 = a.fma(s, e2);
          f2 = b.fma(s, f2);
          g2 = c.fma(s, g2);
          h2 = d.fma(s, h2);
        }
      }
      e0.intoArray(y, y0);
      f0.intoArray(y, y0 + LANES);
      g0.intoArray(y, y0 + 2 * LANES);
      h0.intoArray(y, y0 + 3 * LANES);
      e1.intoArray(y, y1);
      f1.intoArray(y, y1 + LANES);
      g1.intoArray(y, y1 + 2 * LANES);
      h1.intoArray(y, y1 + 3 * LANES);
      e2.intoArray(y, y2);
      f2.intoArray(y, y2 + LANES);
      g2.intoArray(y, y2 + 2 * LANES);
      h2.intoArray(y, y2 + 3 * LANES);
    }

    private static void twoVectors(
        float[] weights,
        int row,
        int blocks,
        float[] scales,
        float @Nullable [] inputSums,
        int sumsAt,
        int sumsStride,
        float[] x,
        int x0,
        int xStride,
        boolean first,
        float[] y,
        int y0,
        int yStride) {
      int x1 = x0 + xStride;
      int x2 = x1 + xStride;
      int y1 = y0 + yStride;
      int y2 = y1 + yStride;
      FloatVector e0 = start(first, y, y0);
      FloatVector f0 = start(first, y, y0 + LANES);
      FloatVector e1 = start(first, y, y1);
      FloatVector f1 = start(first, y, y1 + LANES);
      FloatVector e2 = start(first, y, y2);
      FloatVector f2 = start(first, y, y2 + LANES);
      for (int block = 0; block < blocks; block++) {
        FloatVector a0 = FloatVector.zero(F);
        FloatVector b0 = a0;
        FloatVector a1 = a0;
        FloatVector b1 = a0;
        FloatVector a2 = a0;
        FloatVector b2 = a0;
        int at;
        int from = block * DType.QUANT_BLOCK;
        for (int column = from; column < from + DType.QUANT_BLOCK; column += 2) {
          at = column * H + row;
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
        }
        at = block * 2 * H + row;
        FloatVector a = FloatVector.fromArray(F, scales, at);
        FloatVector b = FloatVector.fromArray(F, scales, at + LANES);
        e0 = a.fma(a0, e0);
        f0 = b.fma(b0, f0);
        e1 = a.fma(a1, e1);
        f1 = b.fma(b1, f1);
        e2 = a.fma(a2, e2);
        f2 = b.fma(b2, f2);
        if (inputSums != null) {
          at += H;
          int sum = sumsAt + block;
          a = FloatVector.fromArray(F, scales, at);
          b = FloatVector.fromArray(F, scales, at + LANES);
          FloatVector s = FloatVector.broadcast(F, inputSums[sum]);
          e0 = a.fma(s, e0);
          f0 = b.fma(s, f0);
          s = FloatVector.broadcast(F, inputSums[sum + sumsStride]);
          e1 = a.fma(s, e1);
          f1 = b.fma(s, f1);
          s = FloatVector.broadcast(F, inputSums[sum + 2 * sumsStride]);
          e2 = a.fma(s, e2);
          f2 = b.fma(s, f2);
        }
      }
      e0.intoArray(y, y0);
      f0.intoArray(y, y0 + LANES);
      e1.intoArray(y, y1);
      f1.intoArray(y, y1 + LANES);
      e2.intoArray(y, y2);
      f2.intoArray(y, y2 + LANES);
    }
  }
}

package dev.rwkv.vector.kernel;

import dev.rwkv.tensor.DType;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link TileKernel} for 32 vector registers, for one width. A token's inputs lie side by side.
 *
 * <p>Four tokens by four vectors are 16 chains, 4 weights and a token's input: 21 registers, and
 * half a load for each multiply-add. Eight tokens by two vectors need more loads and twice the
 * addresses: 0.89 of the peak where this has 0.97, on a processor with one 512-bit multiply-add a
 * cycle (the benchmark is TileBenchmark). Two columns a turn halve the cost of the loop.
 *
 * <p>In blocks, the sums over blocks stay in registers beside those of a block, which leaves room
 * for three tokens by four vectors.
 */
final class WideTiles implements TileKernel {
  private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
  private static final int LANES = F.length();
  private static final int H = PanelFormat.VECTORS * LANES;
  private static final int TOKENS_IN_BLOCKS = 3;
  // At a distance that is a power of two, rows would share a set of the cache.
  private static final int GAP = 16;

  @Override
  public int at(int token, int tokens, int columns) {
    return token * (columns + GAP);
  }

  @Override
  public int step(int token, int tokens) {
    return 1;
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
    int stride = x.columns() + GAP;
    for (int t = firstToken; t < endToken; t += TOKENS) {
      int from = t * stride + column;
      int to = yAt + t * yStride;
      fourVectors(weights, weightsAt, columns, x.values(), from, stride, first, y, to, yStride);
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
    int stride = x.columns() + GAP;
    int sumsStride = x.columns() / DType.QUANT_BLOCK;
    for (int t = firstToken; t < endToken; t += TOKENS_IN_BLOCKS) {
      fourVectorsInBlocks(
          weights,
          blocks,
          scales,
          inputSums,
          t * sumsStride + column / DType.QUANT_BLOCK,
          sumsStride,
          x.values(),
          t * stride + column,
          stride,
          first,
          y,
          yAt + t * yStride,
          yStride);
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

  private static void fourVectorsInBlocks(
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
}

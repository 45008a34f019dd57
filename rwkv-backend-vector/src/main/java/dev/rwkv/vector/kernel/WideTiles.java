package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link TileKernel} for 32 vector registers, for one width. A token's inputs lie side by side.
 *
 * <p>Four tokens by four vectors are 16 chains, 4 weights and a token's input: 21 registers, and
 * half a load for each multiply-add. Eight tokens by two vectors need more loads and twice the
 * addresses: 0.89 of the peak where this has 0.97, on a processor with one 512-bit multiply-add a
 * cycle (the benchmark is TileBenchmark). Two columns a turn halve the cost of the loop.
 */
final class WideTiles implements TileKernel {
  private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
  private static final int LANES = F.length();
  private static final int H = PanelFormat.VECTORS * LANES;
  // At a distance that is a power of two, rows would share a set of the cache.
  private static final int GAP = 16;
  // 32 KiB of weights, for all tokens to find them in the first-level cache (benchmark:
  // TileBenchmark).
  private static final int COLUMNS = 8192 / H;

  @Override
  public int at(int token, int tokens, int columns) {
    return token * (columns + GAP);
  }

  @Override
  public int step(int token, int tokens) {
    return 1;
  }

  @Override
  public int bandRows() {
    return H;
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
    int stride = x.columns() + GAP;
    for (int t = firstToken; t < endToken; t += TOKENS) {
      int from = t * stride + column;
      fourVectors(weights, columns, x.values(), from, stride, sums, (t - firstToken) * H);
    }
  }

  private static void fourVectors(
      float[] weights, int columns, float[] x, int x0, int xStride, float[] sums, int sumsAt) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a0 = FloatVector.fromArray(F, sums, sumsAt);
    FloatVector b0 = FloatVector.fromArray(F, sums, sumsAt + LANES);
    FloatVector c0 = FloatVector.fromArray(F, sums, sumsAt + 2 * LANES);
    FloatVector d0 = FloatVector.fromArray(F, sums, sumsAt + 3 * LANES);
    FloatVector a1 = FloatVector.fromArray(F, sums, sumsAt + 4 * LANES);
    FloatVector b1 = FloatVector.fromArray(F, sums, sumsAt + 5 * LANES);
    FloatVector c1 = FloatVector.fromArray(F, sums, sumsAt + 6 * LANES);
    FloatVector d1 = FloatVector.fromArray(F, sums, sumsAt + 7 * LANES);
    FloatVector a2 = FloatVector.fromArray(F, sums, sumsAt + 8 * LANES);
    FloatVector b2 = FloatVector.fromArray(F, sums, sumsAt + 9 * LANES);
    FloatVector c2 = FloatVector.fromArray(F, sums, sumsAt + 10 * LANES);
    FloatVector d2 = FloatVector.fromArray(F, sums, sumsAt + 11 * LANES);
    FloatVector a3 = FloatVector.fromArray(F, sums, sumsAt + 12 * LANES);
    FloatVector b3 = FloatVector.fromArray(F, sums, sumsAt + 13 * LANES);
    FloatVector c3 = FloatVector.fromArray(F, sums, sumsAt + 14 * LANES);
    FloatVector d3 = FloatVector.fromArray(F, sums, sumsAt + 15 * LANES);
    for (int column = 0; column < columns; column += 2) {
      int at = column * H;
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
    a0.intoArray(sums, sumsAt);
    b0.intoArray(sums, sumsAt + LANES);
    c0.intoArray(sums, sumsAt + 2 * LANES);
    d0.intoArray(sums, sumsAt + 3 * LANES);
    a1.intoArray(sums, sumsAt + 4 * LANES);
    b1.intoArray(sums, sumsAt + 5 * LANES);
    c1.intoArray(sums, sumsAt + 6 * LANES);
    d1.intoArray(sums, sumsAt + 7 * LANES);
    a2.intoArray(sums, sumsAt + 8 * LANES);
    b2.intoArray(sums, sumsAt + 9 * LANES);
    c2.intoArray(sums, sumsAt + 10 * LANES);
    d2.intoArray(sums, sumsAt + 11 * LANES);
    a3.intoArray(sums, sumsAt + 12 * LANES);
    b3.intoArray(sums, sumsAt + 13 * LANES);
    c3.intoArray(sums, sumsAt + 14 * LANES);
    d3.intoArray(sums, sumsAt + 15 * LANES);
  }
}

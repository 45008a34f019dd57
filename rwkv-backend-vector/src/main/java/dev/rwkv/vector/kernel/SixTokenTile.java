package dev.rwkv.vector.kernel;

import dev.rwkv.tensor.DType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link NarrowTile} of six tokens: 12 chains, 2 weights and an input are 15 registers.
 *
 * <p>The last token takes its second weight from memory: the compiler loads the next column's
 * weights before that token's multiply-adds, and 16 registers would not do.
 */
final class SixTokenTile implements NarrowTile {
  private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
  private static final int LANES = F.length();
  private static final int H = PanelFormat.VECTORS * LANES;

  @Override
  public void multiply(
      float[] weights,
      int weightsAt,
      int columns,
      float[] x,
      int xAt,
      float[] y,
      int y0,
      int yStride) {
    int y1 = y0 + yStride;
    int y2 = y1 + yStride;
    int y3 = y2 + yStride;
    int y4 = y3 + yStride;
    int y5 = y4 + yStride;
    FloatVector a0 = FloatVector.fromArray(F, y, y0);
    FloatVector b0 = FloatVector.fromArray(F, y, y0 + LANES);
    FloatVector a1 = FloatVector.fromArray(F, y, y1);
    FloatVector b1 = FloatVector.fromArray(F, y, y1 + LANES);
    FloatVector a2 = FloatVector.fromArray(F, y, y2);
    FloatVector b2 = FloatVector.fromArray(F, y, y2 + LANES);
    FloatVector a3 = FloatVector.fromArray(F, y, y3);
    FloatVector b3 = FloatVector.fromArray(F, y, y3 + LANES);
    FloatVector a4 = FloatVector.fromArray(F, y, y4);
    FloatVector b4 = FloatVector.fromArray(F, y, y4 + LANES);
    FloatVector a5 = FloatVector.fromArray(F, y, y5);
    FloatVector b5 = FloatVector.fromArray(F, y, y5 + LANES);
    for (int column = 0; column < columns; column += COLUMNS) {
      int at = weightsAt + column * H;
      int i = xAt + column * 6;
      FloatVector a = FloatVector.fromArray(F, weights, at);
      FloatVector b = FloatVector.fromArray(F, weights, at + LANES);
      FloatVector s = FloatVector.broadcast(F, x[i]);
      a0 = a.fma(s, a0);
      b0 = b.fma(s, b0);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 1]);
      a1 = a.fma(s, a1);
      b1 = b.fma(s, b1);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 2]);
      a2 = a.fma(s, a2);
      b2 = b.fma(s, b2);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 3]);
      a3 = a.fma(s, a3);
      b3 = b.fma(s, b3);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 4]);
      a4 = a.fma(s, a4);
      b4 = b.fma(s, b4);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 5]);
      a5 = a.fma(s, a5);
      b5 = s.fma(FloatVector.fromArray(F, weights, at + LANES), b5);
      VarHandle.acquireFence();
      a = FloatVector.fromArray(F, weights, at + H);
      b = FloatVector.fromArray(F, weights, at + H + LANES);
      s = FloatVector.broadcast(F, x[i + 6]);
      a0 = a.fma(s, a0);
      b0 = b.fma(s, b0);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 7]);
      a1 = a.fma(s, a1);
      b1 = b.fma(s, b1);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 8]);
      a2 = a.fma(s, a2);
      b2 = b.fma(s, b2);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 9]);
      a3 = a.fma(s, a3);
      b3 = b.fma(s, b3);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 10]);
      a4 = a.fma(s, a4);
      b4 = b.fma(s, b4);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 11]);
      a5 = a.fma(s, a5);
      b5 = s.fma(FloatVector.fromArray(F, weights, at + H + LANES), b5);
      VarHandle.acquireFence();
      a = FloatVector.fromArray(F, weights, at + 2 * H);
      b = FloatVector.fromArray(F, weights, at + 2 * H + LANES);
      s = FloatVector.broadcast(F, x[i + 12]);
      a0 = a.fma(s, a0);
      b0 = b.fma(s, b0);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 13]);
      a1 = a.fma(s, a1);
      b1 = b.fma(s, b1);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 14]);
      a2 = a.fma(s, a2);
      b2 = b.fma(s, b2);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 15]);
      a3 = a.fma(s, a3);
      b3 = b.fma(s, b3);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 16]);
      a4 = a.fma(s, a4);
      b4 = b.fma(s, b4);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 17]);
      a5 = a.fma(s, a5);
      b5 = s.fma(FloatVector.fromArray(F, weights, at + 2 * H + LANES), b5);
      VarHandle.acquireFence();
      a = FloatVector.fromArray(F, weights, at + 3 * H);
      b = FloatVector.fromArray(F, weights, at + 3 * H + LANES);
      s = FloatVector.broadcast(F, x[i + 18]);
      a0 = a.fma(s, a0);
      b0 = b.fma(s, b0);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 19]);
      a1 = a.fma(s, a1);
      b1 = b.fma(s, b1);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 20]);
      a2 = a.fma(s, a2);
      b2 = b.fma(s, b2);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 21]);
      a3 = a.fma(s, a3);
      b3 = b.fma(s, b3);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 22]);
      a4 = a.fma(s, a4);
      b4 = b.fma(s, b4);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 23]);
      a5 = a.fma(s, a5);
      b5 = s.fma(FloatVector.fromArray(F, weights, at + 3 * H + LANES), b5);
    }
    a0.intoArray(y, y0);
    b0.intoArray(y, y0 + LANES);
    a1.intoArray(y, y1);
    b1.intoArray(y, y1 + LANES);
    a2.intoArray(y, y2);
    b2.intoArray(y, y2 + LANES);
    a3.intoArray(y, y3);
    b3.intoArray(y, y3 + LANES);
    a4.intoArray(y, y4);
    b4.intoArray(y, y4 + LANES);
    a5.intoArray(y, y5);
    b5.intoArray(y, y5 + LANES);
  }

  @Override
  public void multiplyBlocks(
      float[] weights,
      int weightsAt,
      float[] scales,
      int scalesAt,
      float @Nullable [] inputSums,
      int sum,
      int sumsStride,
      int blocks,
      float[] x,
      int xAt,
      float[] y,
      int y0,
      int yStride) {
    int y1 = y0 + yStride;
    int y2 = y1 + yStride;
    int y3 = y2 + yStride;
    int y4 = y3 + yStride;
    int y5 = y4 + yStride;
    for (int block = 0; block < blocks; block++) {
      FloatVector a0 = FloatVector.zero(F);
      FloatVector b0 = FloatVector.zero(F);
      FloatVector a1 = FloatVector.zero(F);
      FloatVector b1 = FloatVector.zero(F);
      FloatVector a2 = FloatVector.zero(F);
      FloatVector b2 = FloatVector.zero(F);
      FloatVector a3 = FloatVector.zero(F);
      FloatVector b3 = FloatVector.zero(F);
      FloatVector a4 = FloatVector.zero(F);
      FloatVector b4 = FloatVector.zero(F);
      FloatVector a5 = FloatVector.zero(F);
      FloatVector b5 = FloatVector.zero(F);
      int blockAt = weightsAt + block * DType.QUANT_BLOCK * H;
      int inputsAt = xAt + block * DType.QUANT_BLOCK * 6;
      for (int column = 0; column < DType.QUANT_BLOCK; column += 2) {
        int at = blockAt + column * H;
        int i = inputsAt + column * 6;
        FloatVector a = FloatVector.fromArray(F, weights, at);
        FloatVector b = FloatVector.fromArray(F, weights, at + LANES);
        FloatVector s = FloatVector.broadcast(F, x[i]);
        a0 = a.fma(s, a0);
        b0 = b.fma(s, b0);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 1]);
        a1 = a.fma(s, a1);
        b1 = b.fma(s, b1);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 2]);
        a2 = a.fma(s, a2);
        b2 = b.fma(s, b2);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 3]);
        a3 = a.fma(s, a3);
        b3 = b.fma(s, b3);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 4]);
        a4 = a.fma(s, a4);
        b4 = b.fma(s, b4);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 5]);
        a5 = a.fma(s, a5);
        b5 = s.fma(FloatVector.fromArray(F, weights, at + LANES), b5);
        VarHandle.acquireFence();
        a = FloatVector.fromArray(F, weights, at + H);
        b = FloatVector.fromArray(F, weights, at + H + LANES);
        s = FloatVector.broadcast(F, x[i + 6]);
        a0 = a.fma(s, a0);
        b0 = b.fma(s, b0);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 7]);
        a1 = a.fma(s, a1);
        b1 = b.fma(s, b1);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 8]);
        a2 = a.fma(s, a2);
        b2 = b.fma(s, b2);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 9]);
        a3 = a.fma(s, a3);
        b3 = b.fma(s, b3);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 10]);
        a4 = a.fma(s, a4);
        b4 = b.fma(s, b4);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 11]);
        a5 = a.fma(s, a5);
        b5 = s.fma(FloatVector.fromArray(F, weights, at + H + LANES), b5);
      }
      int scaleAt = scalesAt + block * 2 * H;
      FloatVector a = FloatVector.fromArray(F, scales, scaleAt);
      FloatVector b = FloatVector.fromArray(F, scales, scaleAt + LANES);
      a0 = a.fma(a0, FloatVector.fromArray(F, y, y0));
      b0 = b.fma(b0, FloatVector.fromArray(F, y, y0 + LANES));
      a1 = a.fma(a1, FloatVector.fromArray(F, y, y1));
      b1 = b.fma(b1, FloatVector.fromArray(F, y, y1 + LANES));
      a2 = a.fma(a2, FloatVector.fromArray(F, y, y2));
      b2 = b.fma(b2, FloatVector.fromArray(F, y, y2 + LANES));
      a3 = a.fma(a3, FloatVector.fromArray(F, y, y3));
      b3 = b.fma(b3, FloatVector.fromArray(F, y, y3 + LANES));
      a4 = a.fma(a4, FloatVector.fromArray(F, y, y4));
      b4 = b.fma(b4, FloatVector.fromArray(F, y, y4 + LANES));
      a5 = a.fma(a5, FloatVector.fromArray(F, y, y5));
      b5 = b.fma(b5, FloatVector.fromArray(F, y, y5 + LANES));
      if (inputSums != null) {
        a = FloatVector.fromArray(F, scales, scaleAt + H);
        b = FloatVector.fromArray(F, scales, scaleAt + H + LANES);
        FloatVector s = FloatVector.broadcast(F, inputSums[sum + block]);
        a0 = a.fma(s, a0);
        b0 = b.fma(s, b0);
        s = FloatVector.broadcast(F, inputSums[sum + block + sumsStride]);
        a1 = a.fma(s, a1);
        b1 = b.fma(s, b1);
        s = FloatVector.broadcast(F, inputSums[sum + block + 2 * sumsStride]);
        a2 = a.fma(s, a2);
        b2 = b.fma(s, b2);
        s = FloatVector.broadcast(F, inputSums[sum + block + 3 * sumsStride]);
        a3 = a.fma(s, a3);
        b3 = b.fma(s, b3);
        s = FloatVector.broadcast(F, inputSums[sum + block + 4 * sumsStride]);
        a4 = a.fma(s, a4);
        b4 = b.fma(s, b4);
        s = FloatVector.broadcast(F, inputSums[sum + block + 5 * sumsStride]);
        a5 = a.fma(s, a5);
        b5 = b.fma(s, b5);
      }
      a0.intoArray(y, y0);
      b0.intoArray(y, y0 + LANES);
      a1.intoArray(y, y1);
      b1.intoArray(y, y1 + LANES);
      a2.intoArray(y, y2);
      b2.intoArray(y, y2 + LANES);
      a3.intoArray(y, y3);
      b3.intoArray(y, y3 + LANES);
      a4.intoArray(y, y4);
      b4.intoArray(y, y4 + LANES);
      a5.intoArray(y, y5);
      b5.intoArray(y, y5 + LANES);
    }
  }
}

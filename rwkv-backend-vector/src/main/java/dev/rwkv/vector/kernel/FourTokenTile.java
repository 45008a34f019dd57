package dev.rwkv.vector.kernel;

import dev.rwkv.tensor.DType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** {@link NarrowTile} of four tokens, for those that sixes leave over. */
final class FourTokenTile implements NarrowTile {
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
    FloatVector a0 = FloatVector.fromArray(F, y, y0);
    FloatVector b0 = FloatVector.fromArray(F, y, y0 + LANES);
    FloatVector a1 = FloatVector.fromArray(F, y, y1);
    FloatVector b1 = FloatVector.fromArray(F, y, y1 + LANES);
    FloatVector a2 = FloatVector.fromArray(F, y, y2);
    FloatVector b2 = FloatVector.fromArray(F, y, y2 + LANES);
    FloatVector a3 = FloatVector.fromArray(F, y, y3);
    FloatVector b3 = FloatVector.fromArray(F, y, y3 + LANES);
    for (int column = 0; column < columns; column += 2) {
      int at = weightsAt + column * H;
      int i = xAt + column * 4;
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
      a = FloatVector.fromArray(F, weights, at + H);
      b = FloatVector.fromArray(F, weights, at + H + LANES);
      s = FloatVector.broadcast(F, x[i + 4]);
      a0 = a.fma(s, a0);
      b0 = b.fma(s, b0);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 5]);
      a1 = a.fma(s, a1);
      b1 = b.fma(s, b1);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 6]);
      a2 = a.fma(s, a2);
      b2 = b.fma(s, b2);
      VarHandle.acquireFence();
      s = FloatVector.broadcast(F, x[i + 7]);
      a3 = a.fma(s, a3);
      b3 = b.fma(s, b3);
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
    for (int block = 0; block < blocks; block++) {
      FloatVector a0 = FloatVector.zero(F);
      FloatVector b0 = FloatVector.zero(F);
      FloatVector a1 = FloatVector.zero(F);
      FloatVector b1 = FloatVector.zero(F);
      FloatVector a2 = FloatVector.zero(F);
      FloatVector b2 = FloatVector.zero(F);
      FloatVector a3 = FloatVector.zero(F);
      FloatVector b3 = FloatVector.zero(F);
      int blockAt = weightsAt + block * DType.QUANT_BLOCK * H;
      int inputsAt = xAt + block * DType.QUANT_BLOCK * 4;
      for (int column = 0; column < DType.QUANT_BLOCK; column += 2) {
        int at = blockAt + column * H;
        int i = inputsAt + column * 4;
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
        a = FloatVector.fromArray(F, weights, at + H);
        b = FloatVector.fromArray(F, weights, at + H + LANES);
        s = FloatVector.broadcast(F, x[i + 4]);
        a0 = a.fma(s, a0);
        b0 = b.fma(s, b0);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 5]);
        a1 = a.fma(s, a1);
        b1 = b.fma(s, b1);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 6]);
        a2 = a.fma(s, a2);
        b2 = b.fma(s, b2);
        VarHandle.acquireFence();
        s = FloatVector.broadcast(F, x[i + 7]);
        a3 = a.fma(s, a3);
        b3 = b.fma(s, b3);
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

package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link NarrowTile} of six tokens: 12 chains, 2 weights and an input are 15 registers.
 *
 * <p>The last token takes its second weight from memory: the compiler loads the next column's
 * weights before that token's multiply-adds, and 16 registers would not do.
 */
final class SixTokenTile implements NarrowTile {
  private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
  private static final int LANES = F.length();
  private static final int BAND = 2 * LANES;

  @Override
  public void multiply(float[] weights, int columns, float[] x, int xAt, float[] sums, int sumsAt) {
    FloatVector a0 = FloatVector.fromArray(F, sums, sumsAt);
    FloatVector b0 = FloatVector.fromArray(F, sums, sumsAt + LANES);
    FloatVector a1 = FloatVector.fromArray(F, sums, sumsAt + 2 * LANES);
    FloatVector b1 = FloatVector.fromArray(F, sums, sumsAt + 3 * LANES);
    FloatVector a2 = FloatVector.fromArray(F, sums, sumsAt + 4 * LANES);
    FloatVector b2 = FloatVector.fromArray(F, sums, sumsAt + 5 * LANES);
    FloatVector a3 = FloatVector.fromArray(F, sums, sumsAt + 6 * LANES);
    FloatVector b3 = FloatVector.fromArray(F, sums, sumsAt + 7 * LANES);
    FloatVector a4 = FloatVector.fromArray(F, sums, sumsAt + 8 * LANES);
    FloatVector b4 = FloatVector.fromArray(F, sums, sumsAt + 9 * LANES);
    FloatVector a5 = FloatVector.fromArray(F, sums, sumsAt + 10 * LANES);
    FloatVector b5 = FloatVector.fromArray(F, sums, sumsAt + 11 * LANES);
    for (int column = 0; column < columns; column += COLUMNS) {
      int at = column * BAND;
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
      a = FloatVector.fromArray(F, weights, at + BAND);
      b = FloatVector.fromArray(F, weights, at + BAND + LANES);
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
      b5 = s.fma(FloatVector.fromArray(F, weights, at + BAND + LANES), b5);
      VarHandle.acquireFence();
      a = FloatVector.fromArray(F, weights, at + 2 * BAND);
      b = FloatVector.fromArray(F, weights, at + 2 * BAND + LANES);
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
      b5 = s.fma(FloatVector.fromArray(F, weights, at + 2 * BAND + LANES), b5);
      VarHandle.acquireFence();
      a = FloatVector.fromArray(F, weights, at + 3 * BAND);
      b = FloatVector.fromArray(F, weights, at + 3 * BAND + LANES);
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
      b5 = s.fma(FloatVector.fromArray(F, weights, at + 3 * BAND + LANES), b5);
    }
    a0.intoArray(sums, sumsAt);
    b0.intoArray(sums, sumsAt + LANES);
    a1.intoArray(sums, sumsAt + 2 * LANES);
    b1.intoArray(sums, sumsAt + 3 * LANES);
    a2.intoArray(sums, sumsAt + 4 * LANES);
    b2.intoArray(sums, sumsAt + 5 * LANES);
    a3.intoArray(sums, sumsAt + 6 * LANES);
    b3.intoArray(sums, sumsAt + 7 * LANES);
    a4.intoArray(sums, sumsAt + 8 * LANES);
    b4.intoArray(sums, sumsAt + 9 * LANES);
    a5.intoArray(sums, sumsAt + 10 * LANES);
    b5.intoArray(sums, sumsAt + 11 * LANES);
  }
}

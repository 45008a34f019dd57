package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Multiplies and adds in registers, as fast as the processor can. No part of a model.
 *
 * <p>Computes: y_i = y_i · factor + addend for {@value #CHAINS} vectors y_i. Enough that none waits
 * for its own last result: an FMA takes four or five cycles, and no processor begins more than four
 * in one.
 *
 * <p>Threads: any.
 */
public interface FmaKernel {
  /** Vectors that do not wait for one another. */
  int CHAINS = 16;

  /**
   * Does {@code repeats} FMAs on each of the vectors, of which vector i begins as i in every lane.
   *
   * @return the sum of all lanes of all vectors
   */
  float run(int repeats, float factor, float addend);

  /** Floats of a vector. */
  int lanes();

  /** The kernel for one width. */
  static FmaKernel of(VectorShape shape) {
    return new KernelSpec(shape, PanelFormat.F32).define(FmaKernel.class, Template.class);
  }

  /** The implementation, for one width. */
  final class Template implements FmaKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();

    // Sixteen variables, because vectors in an array would be objects on the heap.
    @Override
    public float run(int repeats, float factor, float addend) {
      FloatVector f = FloatVector.broadcast(F, factor);
      FloatVector a = FloatVector.broadcast(F, addend);
      FloatVector y0 = FloatVector.broadcast(F, 0);
      FloatVector y1 = FloatVector.broadcast(F, 1);
      FloatVector y2 = FloatVector.broadcast(F, 2);
      FloatVector y3 = FloatVector.broadcast(F, 3);
      FloatVector y4 = FloatVector.broadcast(F, 4);
      FloatVector y5 = FloatVector.broadcast(F, 5);
      FloatVector y6 = FloatVector.broadcast(F, 6);
      FloatVector y7 = FloatVector.broadcast(F, 7);
      FloatVector y8 = FloatVector.broadcast(F, 8);
      FloatVector y9 = FloatVector.broadcast(F, 9);
      FloatVector y10 = FloatVector.broadcast(F, 10);
      FloatVector y11 = FloatVector.broadcast(F, 11);
      FloatVector y12 = FloatVector.broadcast(F, 12);
      FloatVector y13 = FloatVector.broadcast(F, 13);
      FloatVector y14 = FloatVector.broadcast(F, 14);
      FloatVector y15 = FloatVector.broadcast(F, 15);
      for (int i = 0; i < repeats; i++) {
        y0 = y0.fma(f, a);
        y1 = y1.fma(f, a);
        y2 = y2.fma(f, a);
        y3 = y3.fma(f, a);
        y4 = y4.fma(f, a);
        y5 = y5.fma(f, a);
        y6 = y6.fma(f, a);
        y7 = y7.fma(f, a);
        y8 = y8.fma(f, a);
        y9 = y9.fma(f, a);
        y10 = y10.fma(f, a);
        y11 = y11.fma(f, a);
        y12 = y12.fma(f, a);
        y13 = y13.fma(f, a);
        y14 = y14.fma(f, a);
        y15 = y15.fma(f, a);
      }
      FloatVector low = y0.add(y1).add(y2).add(y3).add(y4).add(y5).add(y6).add(y7);
      FloatVector high = y8.add(y9).add(y10).add(y11).add(y12).add(y13).add(y14).add(y15);
      return low.add(high).reduceLanes(VectorOperators.ADD);
    }

    @Override
    public int lanes() {
      return F.length();
    }
  }
}

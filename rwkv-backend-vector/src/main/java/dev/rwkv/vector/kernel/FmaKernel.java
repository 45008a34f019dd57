package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Multiplies and adds in registers, as fast as the processor can. No part of a model.
 *
 * <p>Computes: y_i = a · b + y_i for {@value #CHAINS} vectors y_i, as a product does: the form y_i
 * · a + b costs a move besides, because the instruction overwrites its addend. Enough that none
 * waits for its own last result, an FMA taking four or five cycles and processors beginning two in
 * one; and few enough for the 16 registers of processors without AVX-512.
 *
 * <p>Threads: any.
 */
public interface FmaKernel {
  /** Vectors that do not wait for one another. */
  int CHAINS = 12;

  /**
   * Does {@code repeats} FMAs on each of the vectors, of which vector i begins as i in every lane.
   *
   * @return the sum of all lanes of all vectors
   */
  float run(int repeats, float a, float b);

  /** Floats of a vector. */
  int lanes();

  /** The kernel for one width. */
  static FmaKernel of(VectorShape shape) {
    return new KernelSpec(shape, PanelFormat.F32).define(FmaKernel.class, Template.class);
  }

  /** The implementation, for one width. */
  final class Template implements FmaKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();

    // Twelve variables, because vectors in an array would be objects on the heap.
    @Override
    public float run(int repeats, float a, float b) {
      FloatVector f = FloatVector.broadcast(F, a);
      FloatVector g = FloatVector.broadcast(F, b);
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
      for (int i = 0; i < repeats; i++) {
        y0 = f.fma(g, y0);
        y1 = f.fma(g, y1);
        y2 = f.fma(g, y2);
        y3 = f.fma(g, y3);
        y4 = f.fma(g, y4);
        y5 = f.fma(g, y5);
        y6 = f.fma(g, y6);
        y7 = f.fma(g, y7);
        y8 = f.fma(g, y8);
        y9 = f.fma(g, y9);
        y10 = f.fma(g, y10);
        y11 = f.fma(g, y11);
      }
      FloatVector low = y0.add(y1).add(y2).add(y3).add(y4).add(y5).add(y6).add(y7);
      FloatVector high = y8.add(y9).add(y10).add(y11);
      return low.add(high).reduceLanes(VectorOperators.ADD);
    }

    @Override
    public int lanes() {
      return F.length();
    }
  }
}

package dev.rwkv.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reads memory and does next to nothing with it: what the memory of a machine can deliver. No part
 * of a model.
 *
 * <p>Four vectors are read in each step, side by side or far apart from each other: which of the
 * two is faster depends on the processor's prefetching and on the size of pages.
 *
 * <p>Threads: any.
 */
public interface ReadKernel {
  /** Vectors that are read in each step. */
  int VECTORS = 4;

  /**
   * Reads {@code steps} times four vectors.
   *
   * @param at where the first vector of the first step lies, in bytes
   * @param apart bytes from one of the four to the next
   * @param stride bytes from one step to the next
   * @return the sum of all ints that are alone in their lane and vector of a step, so that no read
   *     can be left out: with a single int that is not zero, that int
   */
  int read(MemorySegment memory, long at, int apart, int stride, int steps);

  /** Bytes of a vector. */
  int vectorBytes();

  /** The kernel for one width. */
  static ReadKernel of(VectorShape shape) {
    return new KernelSpec(shape, PanelFormat.F32).define(ReadKernel.class, Template.class);
  }

  /** The implementation, for one width. */
  final class Template implements ReadKernel {
    private static final VectorSpecies<Integer> I = KernelSpec.of(MethodHandles.lookup()).ints();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    @Override
    public int read(MemorySegment memory, long at, int apart, int stride, int steps) {
      IntVector a = IntVector.zero(I);
      IntVector b = a;
      IntVector c = a;
      IntVector d = a;
      long from = at;
      for (int i = 0; i < steps; i++) {
        a = mixed(a, memory, from);
        b = mixed(b, memory, from + apart);
        c = mixed(c, memory, from + 2L * apart);
        d = mixed(d, memory, from + 3L * apart);
        from += stride;
      }
      return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }

    private static IntVector mixed(IntVector sum, MemorySegment memory, long at) {
      return sum.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(I, memory, at, ORDER));
    }

    @Override
    public int vectorBytes() {
      return I.vectorByteSize();
    }
  }
}

package dev.rwkv.vector.kernel;

import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dropout whose choice is a function of place and key: it can be made again on the way back, and
 * does not depend on who makes it.
 *
 * <p>Computes: x_i = x_i · factor, or 0 where the hash of (key, first + i) is below the threshold.
 * The hash is a finaliser of two multiplications and three shifts (constants: Ettinger, 2018), of
 * which the upper 24 bits are used.
 *
 * <p>Shapes: {@code count} numbers, a multiple of 16. Threads: any, on ranges of their own.
 */
public interface DropoutKernel {
  /** The hashes that there are: a threshold of half of it drops half. */
  int HASHES = 1 << 24;

  /**
   * Drops some numbers.
   *
   * @param first the place of the first
   * @param key another key, another choice
   * @param threshold the share that is dropped times {@link #HASHES}
   */
  void drop(float[] x, int at, int count, int first, int key, int threshold, float factor);

  /** The implementation, for one width. */
  final class Template implements DropoutKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final VectorSpecies<Integer> I = KernelSpec.of(MethodHandles.lookup()).ints();

    @Override
    public void drop(
        float[] x, int at, int count, int first, int key, int threshold, float factor) {
      IntVector lanes = IntVector.zero(I).addIndex(1);
      for (int i = 0; i < count; i += F.length()) {
        IntVector h = lanes.add(first + i).mul(0x9e3779b9).add(key);
        h = h.lanewise(LSHR, 16).lanewise(XOR, h);
        h = h.mul(0x21f0aaad);
        h = h.lanewise(LSHR, 15).lanewise(XOR, h);
        h = h.mul(0x735a2d97);
        h = h.lanewise(LSHR, 15).lanewise(XOR, h);
        VectorMask<Float> dropped = h.lanewise(LSHR, 8).lt(threshold).cast(F);
        FloatVector kept = FloatVector.fromArray(F, x, at + i).mul(factor);
        kept.blend(0f, dropped).intoArray(x, at + i);
      }
    }
  }
}

package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The parts of log softmax over one token's logits.
 *
 * <p>Computes: z = z − max z; then, when {@link ExponentialKernel} has made ±e^z of it, s = Σ e^z,
 * and probabilities times a factor.
 *
 * <p>Shapes: {@code count} logits, a multiple of 16; padding holds −∞ and has no weight. Numerics:
 * Σ over indices of equal remainder mod 16 in float, then the 16 in double. Threads: any, on ranges
 * of their own.
 */
public interface CrossEntropyKernel {

  /**
   * Subtracts the largest logit.
   *
   * @return the largest logit
   */
  float shift(float[] logits, int at, int count);

  /**
   * Sums exponentials.
   *
   * @param partial scratch, 16 numbers
   */
  double sum(float[] exponentials, int at, int count, float[] partial);

  /** Replaces every ±e by e · factor. */
  void scale(float[] exponentials, int at, int count, float factor);

  /** The implementation, for one width. */
  final class Template implements CrossEntropyKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final int BLOCK = 16;

    @Override
    public float shift(float[] logits, int at, int count) {
      FloatVector largest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
      for (int i = 0; i < count; i += F.length()) {
        largest = largest.max(FloatVector.fromArray(F, logits, at + i));
      }
      float max = largest.reduceLanes(VectorOperators.MAX);
      for (int i = 0; i < count; i += F.length()) {
        FloatVector.fromArray(F, logits, at + i).sub(max).intoArray(logits, at + i);
      }
      return max;
    }

    @Override
    public double sum(float[] exponentials, int at, int count, float[] partial) {
      for (int part = 0; part < BLOCK; part += F.length()) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = part; i < count; i += BLOCK) {
          sums = sums.add(FloatVector.fromArray(F, exponentials, at + i).abs());
        }
        sums.intoArray(partial, part);
      }
      double total = 0;
      for (int i = 0; i < BLOCK; i++) {
        total += partial[i];
      }
      return total;
    }

    @Override
    public void scale(float[] exponentials, int at, int count, float factor) {
      for (int i = 0; i < count; i += F.length()) {
        FloatVector.fromArray(F, exponentials, at + i)
            .abs()
            .mul(factor)
            .intoArray(exponentials, at + i);
      }
    }
  }
}

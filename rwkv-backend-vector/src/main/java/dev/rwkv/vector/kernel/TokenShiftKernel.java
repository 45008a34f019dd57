package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Token shift of one token (paper eq. 11–15).
 *
 * <p>Computes: y = μ ⊙ x + (1 − μ) ⊙ x', where x' is the previous token's x.
 *
 * <p>Shapes: C channels, arrays padded to a multiple of 16. Numerics: two products, one rounding
 * saved by a fused multiply-add. Aliasing: y may be x or x'. Threads: any.
 */
public interface TokenShiftKernel {

  /**
   * Mixes two tokens.
   *
   * @param mix μ, [C]
   */
  void shift(
      float[] x,
      int xAt,
      float[] previous,
      int previousAt,
      float[] mix,
      int channels,
      float[] y,
      int yAt);

  /** The implementation, for one width. */
  final class Template implements TokenShiftKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();

    @Override
    public void shift(
        float[] x,
        int xAt,
        float[] previous,
        int previousAt,
        float[] mix,
        int channels,
        float[] y,
        int yAt) {
      FloatVector one = FloatVector.broadcast(F, 1f);
      for (int i = 0; i < channels; i += F.length()) {
        FloatVector mu = FloatVector.fromArray(F, mix, i);
        FloatVector rest = one.sub(mu).mul(FloatVector.fromArray(F, previous, previousAt + i));
        FloatVector.fromArray(F, x, xAt + i).fma(mu, rest).intoArray(y, yAt + i);
      }
    }
  }
}

package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The way back through the token shift y_t = μ ⊙ x_t + (1 − μ) ⊙ x_{t−1}, see {@link
 * TokenShiftKernel}.
 *
 * <p>Computes: dx_t = dx_t + μ ⊙ dy_t + (1 − μ) ⊙ dy_{t+1}; dμ = dμ + dy_t ⊙ (x_t − x_{t−1}).
 *
 * <p>Shapes: C channels, arrays padded to a multiple of 16. Aliasing: none. Threads: any, on arrays
 * of their own.
 */
public interface TokenShiftGradientKernel {

  /**
   * Adds to the derivatives by a token.
   *
   * @param dy derivatives by what that token was mixed into as the current one
   * @param next derivatives by what it was mixed into as the previous one
   */
  void input(
      float[] dy,
      int dyAt,
      float[] next,
      int nextAt,
      float[] mix,
      int channels,
      float[] dx,
      int dxAt);

  /** Adds one token's part to the derivatives by μ. */
  void mix(
      float[] dy,
      int dyAt,
      float[] x,
      int xAt,
      float[] previous,
      int previousAt,
      int channels,
      float[] mixes,
      int mixesAt);

  /** The implementation, for one width. */
  final class Template implements TokenShiftGradientKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();

    @Override
    public void input(
        float[] dy,
        int dyAt,
        float[] next,
        int nextAt,
        float[] mix,
        int channels,
        float[] dx,
        int dxAt) {
      FloatVector one = FloatVector.broadcast(F, 1f);
      for (int i = 0; i < channels; i += F.length()) {
        FloatVector mu = FloatVector.fromArray(F, mix, i);
        FloatVector sum =
            one.sub(mu)
                .fma(
                    FloatVector.fromArray(F, next, nextAt + i),
                    FloatVector.fromArray(F, dx, dxAt + i));
        mu.fma(FloatVector.fromArray(F, dy, dyAt + i), sum).intoArray(dx, dxAt + i);
      }
    }

    @Override
    public void mix(
        float[] dy,
        int dyAt,
        float[] x,
        int xAt,
        float[] previous,
        int previousAt,
        int channels,
        float[] mixes,
        int mixesAt) {
      for (int i = 0; i < channels; i += F.length()) {
        FloatVector.fromArray(F, x, xAt + i)
            .sub(FloatVector.fromArray(F, previous, previousAt + i))
            .fma(
                FloatVector.fromArray(F, dy, dyAt + i),
                FloatVector.fromArray(F, mixes, mixesAt + i))
            .intoArray(mixes, mixesAt + i);
      }
    }
  }
}

package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Layer norm of one token.
 *
 * <p>Computes: y = (x − mean) / √(variance + ε) · gain + bias.
 *
 * <p>Shapes: C channels, arrays padded with zeros to a multiple of 16.
 *
 * <p>Numerics: sums of channels of equal index mod 16 in order in float, then the 16 in order in
 * double: the same at every width. Two passes, the variance from the differences. Mean and scale
 * are rounded to float once.
 *
 * <p>Aliasing: y must not overlap x: it holds partial sums meanwhile. Threads: any.
 */
public interface LayerNormKernel {

  /**
   * The mean of {@code x[xAt, xAt + C)}.
   *
   * @param partial scratch, 16 numbers from {@code partialAt} on
   */
  float mean(float[] x, int xAt, int channels, float[] partial, int partialAt);

  /**
   * 1 / √(variance + ε) of {@code x[xAt, xAt + C)}.
   *
   * @param partial scratch, 16 numbers from {@code partialAt} on
   */
  float scale(
      float[] x, int xAt, int channels, float mean, double epsilon, float[] partial, int partialAt);

  /**
   * Normalises {@code x[xAt, xAt + C)}.
   *
   * @param gain [C], padded with zeros
   * @param bias [C], padded with zeros
   */
  void normalise(
      float[] x,
      int xAt,
      float[] gain,
      float[] bias,
      int channels,
      double epsilon,
      float[] y,
      int yAt);

  /** The implementation, for one width. */
  final class Template implements LayerNormKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final int LANES = F.length();
    private static final int BLOCK = 16;

    @Override
    public void normalise(
        float[] x,
        int xAt,
        float[] gain,
        float[] bias,
        int channels,
        double epsilon,
        float[] y,
        int yAt) {
      float mean = mean(x, xAt, channels, y, yAt);
      float scale = scale(x, xAt, channels, mean, epsilon, y, yAt);
      FloatVector scales = FloatVector.broadcast(F, scale);
      for (int i = 0; i < channels; i += LANES) {
        real(FloatVector.fromArray(F, x, xAt + i).sub(mean), i, channels)
            .mul(scales)
            .fma(FloatVector.fromArray(F, gain, i), FloatVector.fromArray(F, bias, i))
            .intoArray(y, yAt + i);
      }
    }

    @Override
    public float mean(float[] x, int xAt, int channels, float[] partial, int partialAt) {
      return (float) (sum(x, xAt, channels, partial, partialAt) / channels);
    }

    @Override
    public float scale(
        float[] x,
        int xAt,
        int channels,
        float mean,
        double epsilon,
        float[] partial,
        int partialAt) {
      double variance = squares(x, xAt, channels, mean, partial, partialAt) / channels;
      return (float) (1 / Math.sqrt(variance + epsilon));
    }

    // Padding is no channel: whatever it holds, NaN of an earlier token as well, counts as zero.
    private static FloatVector real(FloatVector x, int at, int channels) {
      return at + LANES <= channels
          ? x
          : FloatVector.zero(F).blend(x, F.indexInRange(at, channels));
    }

    private static double sum(float[] x, int at, int channels, float[] partial, int partialAt) {
      for (int part = 0; part < BLOCK; part += LANES) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = part; i < channels; i += BLOCK) {
          sums = sums.add(real(FloatVector.fromArray(F, x, at + i), i, channels));
        }
        sums.intoArray(partial, partialAt + part);
      }
      return total(partial, partialAt);
    }

    private static double squares(
        float[] x, int at, int channels, float mean, float[] partial, int partialAt) {
      for (int part = 0; part < BLOCK; part += LANES) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = part; i < channels; i += BLOCK) {
          FloatVector difference = real(FloatVector.fromArray(F, x, at + i).sub(mean), i, channels);
          sums = difference.fma(difference, sums);
        }
        sums.intoArray(partial, partialAt + part);
      }
      return total(partial, partialAt);
    }

    private static double total(float[] partial, int at) {
      double total = 0;
      for (int i = 0; i < BLOCK; i++) {
        total += partial[at + i];
      }
      return total;
    }
  }
}

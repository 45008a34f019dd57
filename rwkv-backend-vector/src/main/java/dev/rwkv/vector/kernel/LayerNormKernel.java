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
      int whole = F.loopBound(channels);
      for (int i = 0; i < whole; i += LANES) {
        FloatVector.fromArray(F, x, xAt + i)
            .sub(mean)
            .mul(scales)
            .fma(FloatVector.fromArray(F, gain, i), FloatVector.fromArray(F, bias, i))
            .intoArray(y, yAt + i);
      }
      for (int i = whole; i < channels; i++) {
        y[yAt + i] = Math.fma((x[xAt + i] - mean) * scale, gain[i], bias[i]);
      }
      for (int i = channels; i % LANES != 0; i++) {
        y[yAt + i] = 0;
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

    // Padding is no channel, whatever it holds, NaN of an earlier token as well. The channels of a
    // vector that is not whole go one by one: a method that masked it, being no method of the JDK,
    // might not be inlined, and vectors that pass a call are objects on the heap.
    private static double sum(float[] x, int at, int channels, float[] partial, int partialAt) {
      int whole = F.loopBound(channels);
      for (int part = 0; part < BLOCK; part += LANES) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = part; i < whole; i += BLOCK) {
          sums = FloatVector.fromArray(F, x, at + i).add(sums);
        }
        sums.intoArray(partial, partialAt + part);
      }
      for (int i = whole; i < channels; i++) {
        partial[partialAt + i % BLOCK] += x[at + i];
      }
      return total(partial, partialAt);
    }

    private static double squares(
        float[] x, int at, int channels, float mean, float[] partial, int partialAt) {
      int whole = F.loopBound(channels);
      for (int part = 0; part < BLOCK; part += LANES) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = part; i < whole; i += BLOCK) {
          FloatVector difference = FloatVector.fromArray(F, x, at + i).sub(mean);
          sums = difference.fma(difference, sums);
        }
        sums.intoArray(partial, partialAt + part);
      }
      for (int i = whole; i < channels; i++) {
        int to = partialAt + i % BLOCK;
        float difference = x[at + i] - mean;
        partial[to] = Math.fma(difference, difference, partial[to]);
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

package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The way back through the layer norm of one token, see {@link LayerNormKernel}.
 *
 * <p>Computes, with x̂ = (x − mean) · s, s = 1 / √(variance + ε) and g = dy ⊙ gain: dx = dx + s ·
 * (g − mean(g) − x̂ · mean(g ⊙ x̂)); dgain = dgain + dy ⊙ x̂; dbias = dbias + dy.
 *
 * <p>Shapes: C channels, arrays padded to a multiple of 16; of padding, dy is zero and dx stays.
 *
 * <p>Numerics: sums as in the forward kernel, of channels of equal index mod 16 in float, then the
 * 16 in double. Aliasing: none. Threads: any, on arrays of their own.
 */
public interface LayerNormGradientKernel {

  /**
   * Goes back through one token.
   *
   * @param x what was normalised
   * @param dy derivatives by the result
   * @param mean {@link LayerNormKernel#mean}
   * @param scale {@link LayerNormKernel#scale}
   * @param dx derivatives by x are added
   * @param gains derivatives by the gain are added
   * @param biases derivatives by the bias are added
   * @param vectorsAt where channel 0 lies in both
   * @param partial scratch, 16 numbers
   */
  void backward(
      float[] x,
      int xAt,
      float[] dy,
      int dyAt,
      float[] gain,
      int channels,
      float mean,
      float scale,
      float[] dx,
      int dxAt,
      float[] gains,
      float[] biases,
      int vectorsAt,
      float[] partial);

  /** The implementation, for one width. */
  final class Template implements LayerNormGradientKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final int LANES = F.length();
    private static final int BLOCK = 16;

    @Override
    public void backward(
        float[] x,
        int xAt,
        float[] dy,
        int dyAt,
        float[] gain,
        int channels,
        float mean,
        float scale,
        float[] dx,
        int dxAt,
        float[] gains,
        float[] biases,
        int vectorsAt,
        float[] partial) {
      float meanOfG = (float) (products(dy, dyAt, gain, channels, partial) / channels);
      float meanOfGx =
          (float) (triples(dy, dyAt, gain, x, xAt, mean, scale, channels, partial) / channels);
      int whole = F.loopBound(channels);
      for (int i = 0; i < whole; i += LANES) {
        FloatVector d = FloatVector.fromArray(F, dy, dyAt + i);
        FloatVector normed = FloatVector.fromArray(F, x, xAt + i).sub(mean).mul(scale);
        FloatVector g = d.mul(FloatVector.fromArray(F, gain, i)).sub(meanOfG);
        FloatVector back = g.sub(normed.mul(meanOfGx)).mul(scale);
        FloatVector.fromArray(F, dx, dxAt + i).add(back).intoArray(dx, dxAt + i);
        int at = vectorsAt + i;
        d.fma(normed, FloatVector.fromArray(F, gains, at)).intoArray(gains, at);
        d.add(FloatVector.fromArray(F, biases, at)).intoArray(biases, at);
      }
      // One by one, and not masked: see LayerNormKernel.
      for (int i = whole; i < channels; i++) {
        float d = dy[dyAt + i];
        float normed = (x[xAt + i] - mean) * scale;
        float g = d * gain[i] - meanOfG;
        dx[dxAt + i] += (g - normed * meanOfGx) * scale;
        int at = vectorsAt + i;
        gains[at] = Math.fma(d, normed, gains[at]);
        biases[at] += d;
      }
    }

    private static double products(
        float[] dy, int dyAt, float[] gain, int channels, float[] partial) {
      for (int part = 0; part < BLOCK; part += LANES) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = part; i < channels; i += BLOCK) {
          sums =
              FloatVector.fromArray(F, dy, dyAt + i).fma(FloatVector.fromArray(F, gain, i), sums);
        }
        sums.intoArray(partial, part);
      }
      return total(partial);
    }

    private static double triples(
        float[] dy,
        int dyAt,
        float[] gain,
        float[] x,
        int xAt,
        float mean,
        float scale,
        int channels,
        float[] partial) {
      int whole = F.loopBound(channels);
      for (int part = 0; part < BLOCK; part += LANES) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = part; i < whole; i += BLOCK) {
          FloatVector normed = FloatVector.fromArray(F, x, xAt + i).sub(mean).mul(scale);
          FloatVector g =
              FloatVector.fromArray(F, dy, dyAt + i).mul(FloatVector.fromArray(F, gain, i));
          sums = g.fma(normed, sums);
        }
        sums.intoArray(partial, part);
      }
      for (int i = whole; i < channels; i++) {
        float normed = (x[xAt + i] - mean) * scale;
        int to = i % BLOCK;
        partial[to] = Math.fma(dy[dyAt + i] * gain[i], normed, partial[to]);
      }
      return total(partial);
    }

    private static double total(float[] partial) {
      double total = 0;
      for (int i = 0; i < BLOCK; i++) {
        total += partial[i];
      }
      return total;
    }
  }
}

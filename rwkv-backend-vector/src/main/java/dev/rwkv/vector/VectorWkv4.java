package dev.rwkv.vector;

import dev.rwkv.spi.Wkv4Operator;
import dev.rwkv.vector.kernel.Kernels;

/**
 * The stabilised WKV operator as the backend runs it, in f32. Recurrent is one kernel call per
 * token, parallel one for the whole span with the state in registers.
 */
final class VectorWkv4 implements Wkv4Operator {
  private static final int PADDING = 16;

  private final Kernels kernels;

  VectorWkv4() {
    this(Kernels.preferred());
  }

  VectorWkv4(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public boolean supports(Form form, Numerics numerics) {
    return numerics == Numerics.STABILISED;
  }

  @Override
  public double[] apply(Form form, Numerics numerics, Span span) {
    if (!supports(form, numerics)) {
      throw new UnsupportedOperationException(
          "backend '" + VectorProvider.NAME + "' has the stabilised WKV alone, not " + numerics);
    }
    int width = (span.channels() + PADDING - 1) / PADDING * PADDING;
    float[] decay = rows(span.decay(), 1, span.channels(), width);
    float[] bonus = rows(span.bonus(), 1, span.channels(), width);
    float[] keys = rows(span.keys(), span.tokens(), span.channels(), width);
    float[] values = rows(span.values(), span.tokens(), span.channels(), width);
    float[] state = new float[3 * width];
    System.arraycopy(rows(span.numerator(), 1, span.channels(), width), 0, state, 0, width);
    System.arraycopy(rows(span.denominator(), 1, span.channels(), width), 0, state, width, width);
    System.arraycopy(rows(span.exponent(), 1, span.channels(), width), 0, state, 2 * width, width);
    int calls = form == Form.PARALLEL ? 1 : span.tokens();
    int tokens = form == Form.PARALLEL ? span.tokens() : 1;
    float[] output = new float[keys.length];
    float[] carry = new float[keys.length];
    for (int i = 0; i < calls; i++) {
      int at = i * width;
      kernels
          .wkv()
          .exponents(
              decay, bonus, keys, output, carry, at, tokens, width, state, 2 * width, 0, width);
      kernels.exponential().fall(output, at, tokens * width);
      kernels.exponential().fall(carry, at, tokens * width);
      kernels
          .wkv()
          .sums(values, output, carry, values, at, tokens, width, state, 0, width, 0, width);
    }
    copy(state, 0, span.numerator());
    copy(state, width, span.denominator());
    copy(state, 2 * width, span.exponent());
    double[] wkv = new double[span.tokens() * span.channels()];
    for (int i = 0; i < wkv.length; i++) {
      wkv[i] = values[i / span.channels() * width + i % span.channels()];
    }
    return wkv;
  }

  private static float[] rows(double[] source, int rows, int channels, int width) {
    float[] padded = new float[rows * width];
    for (int i = 0; i < source.length; i++) {
      padded[i / channels * width + i % channels] = (float) source[i];
    }
    return padded;
  }

  private static void copy(float[] from, int at, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from[at + i];
    }
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.spi.Wkv4Operator;
import java.util.Arrays;

/** WKV alone, by the equations of a backend. The parallel form goes token by token as well. */
class HonestOperator implements Wkv4Operator {
  private final Equations equations;

  HonestOperator(Equations equations) {
    this.equations = equations;
  }

  @Override
  public boolean supports(Form form, Numerics numerics) {
    return numerics == Numerics.STABILISED || form == Form.RECURRENT;
  }

  @Override
  public double[] apply(Form form, Numerics numerics, Span span) {
    if (!supports(form, numerics)) {
      throw new UnsupportedOperationException(form + " " + numerics);
    }
    boolean naive = numerics == Numerics.NAIVE;
    LiveState.Layer state = new LiveState.Layer();
    state.numerator = floats(span.numerator());
    state.denominator = floats(span.denominator());
    state.exponent = floats(span.exponent());
    for (int c = 0; naive && c < span.channels(); c++) {
      float scale = (float) Math.exp(span.exponent()[c]);
      state.numerator[c] *= scale;
      state.denominator[c] *= scale;
      state.exponent[c] = 0;
    }
    double[] wkv = new double[span.keys().length];
    for (int t = 0; t < span.tokens(); t++) {
      int from = t * span.channels();
      float[] w = floats(span.decay());
      float[] u = floats(span.bonus());
      float[] k = floats(Arrays.copyOfRange(span.keys(), from, from + span.channels()));
      float[] v = floats(Arrays.copyOfRange(span.values(), from, from + span.channels()));
      copy(
          naive ? equations.naiveWkv(w, u, state, k, v) : equations.wkv(w, u, state, k, v),
          wkv,
          from);
    }
    copy(state.numerator, span.numerator(), 0);
    copy(state.denominator, span.denominator(), 0);
    copy(state.exponent, span.exponent(), 0);
    return wkv;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static void copy(float[] from, double[] to, int offset) {
    for (int i = 0; i < from.length; i++) {
      to[offset + i] = from[i];
    }
  }
}

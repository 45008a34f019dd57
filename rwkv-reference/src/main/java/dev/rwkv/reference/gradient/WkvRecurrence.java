package dev.rwkv.reference.gradient;

import dev.rwkv.checkpoint.architecture.Rwkv4;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * WKV token by token (paper eq. 23–28) in operations that can be differentiated, for B texts of T
 * tokens side by side.
 *
 * <p>The exponents p and q are <em>constants</em> here although they are computed from keys and
 * decays. That is no approximation: the sums a·e^p and b·e^p, and with them every wkv, are the same
 * whatever p is, so the derivative by p is zero, and what remains is the derivative with p fixed.
 *
 * <p>Rows are in the order of time: row t·B + i is token t of text i.
 *
 * @param f the operations
 * @param texts B
 */
record WkvRecurrence(Operations f, int texts) {

  /**
   * The sums before a token: a and b, [B, C] or [1, C], and their exponent p, a constant.
   *
   * @param a numerator
   * @param b denominator
   * @param p exponent
   */
  record Sums(Variable a, Variable b, Variable p) {

    /** No tokens yet. */
    static Sums empty(int columns) {
      Variable zero = Tape.constant(1, columns, new double[columns]);
      double[] exponent = new double[columns];
      Arrays.fill(exponent, Rwkv4.EMPTY_EXPONENT);
      return new Sums(zero, zero, Tape.constant(1, columns, exponent));
    }

    /** One earlier token: a = v₀·e^{k₀}, b = e^{k₀}, at the exponent p = k₀. */
    static Sums of(Operations f, Variable k0, Variable v0) {
      Variable p = Tape.constant(1, k0.columns(), k0.values());
      Variable e = f.exp(f.subtract(k0, p));
      return new Sums(f.multiply(e, v0), e, p);
    }
  }

  /**
   * The whole span.
   *
   * @param w decay, [1, C]
   * @param u bonus, [1, C]
   * @param keys [T·B, C]
   * @param values [T·B, C]
   * @return wkv, [T·B, C]
   */
  Variable apply(Variable w, Variable u, Variable keys, Variable values, Sums before) {
    Sums state = before;
    Variable drift = f.ones(w.columns());
    Variable[] wkv = new Variable[keys.rows() / texts];
    for (int t = 0; t < wkv.length; t++) {
      int[] rows = IntStream.range(t * texts, (t + 1) * texts).toArray();
      Variable k = f.rows(keys, rows);
      Variable v = f.rows(values, rows);

      Variable s = f.add(u, k);
      Variable q = f.constantMaximum(state.p(), s);
      Variable e1 = f.exp(f.subtract(state.p(), q));
      Variable e2 = f.exp(f.subtract(s, q));
      wkv[t] = f.divide(numerator(e1, state.a(), e2, v), f.add(f.multiply(e1, state.b()), e2));

      // The same w is added again and again, so that its rounding error, too, is the same again.
      Variable r = f.multiply(f.add(state.p(), w), drift);
      Variable p = f.constantMaximum(r, k);
      e1 = f.exp(f.subtract(r, p));
      e2 = f.exp(f.subtract(k, p));
      state = new Sums(numerator(e1, state.a(), e2, v), f.add(f.multiply(e1, state.b()), e2), p);
    }
    return f.stack(wkv);
  }

  private Variable numerator(Variable e1, Variable a, Variable e2, Variable v) {
    return f.add(f.multiply(e1, a), f.multiply(e2, v));
  }
}

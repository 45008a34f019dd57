package dev.rwkv.reference;

import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.spi.Wkv4Operator.Numerics;
import dev.rwkv.tensor.TensorView;

/**
 * Time-mix, which takes the place of attention (paper eq. 11–13, 16, 17).
 *
 * <p><em>Computes</em>, with x the output of ln1,
 *
 * <pre>
 *   r = W_r (μ_r ⊙ x_t + (1 − μ_r) ⊙ x_{t−1}),  k and v likewise
 *   o = W_o (σ(r) ⊙ wkv)
 * </pre>
 *
 * token by token ({@link #step}) or for a span at once ({@link #span}).
 *
 * @param mixKey μ_k, [C]
 * @param mixValue μ_v, [C]
 * @param mixReceptance μ_r, [C]
 * @param decay w, [C]
 * @param bonus u, [C]
 * @param key W_k, [C, C]
 * @param value W_v, [C, C]
 * @param receptance W_r, [C, C]
 * @param output W_o, [C, C]
 */
public record TimeMix(
    double[] mixKey,
    double[] mixValue,
    double[] mixReceptance,
    double[] decay,
    double[] bonus,
    TensorView key,
    TensorView value,
    TensorView receptance,
    TensorView output) {

  /** What a step adds to x, and the state after it. */
  record Step(Bounded change, WkvState next) {}

  /** What a span adds to x, token by token, and the state after it. */
  record Span(Bounded[] changes, WkvState next) {}

  static TimeMix of(Rwkv4Weights.TimeMix weights) {
    return new TimeMix(
        weights.mixKey().toDoubles(),
        weights.mixValue().toDoubles(),
        weights.mixReceptance().toDoubles(),
        weights.decay(),
        weights.bonus().toDoubles(),
        weights.key(),
        weights.value(),
        weights.receptance(),
        weights.output());
  }

  /**
   * The recurrent form.
   *
   * @param x x_t, [C]
   * @param previous x_{t−1}, [C]
   */
  Step step(Bounded x, Bounded previous, WkvState state, ErrorModel errors) {
    Bounded r =
        MatrixVector.apply(
            receptance, TokenShift.apply(mixReceptance, x, previous, errors), errors);
    Bounded k = MatrixVector.apply(key, TokenShift.apply(mixKey, x, previous, errors), errors);
    Bounded v = MatrixVector.apply(value, TokenShift.apply(mixValue, x, previous, errors), errors);
    WkvStabilised.Step wkv = WkvStabilised.step(decay, bonus, state, k, v, errors);
    Bounded gated = SigmoidGate.apply(r, wkv.wkv(), errors);
    return new Step(MatrixVector.apply(output, gated, errors), wkv.next());
  }

  /**
   * The parallel form.
   *
   * @param x the span, [T][C]
   * @param previous the token before the span, [C]
   */
  Span span(Bounded[] x, Bounded previous, WkvState state, ErrorModel errors) {
    Bounded[] r =
        MatrixVector.apply(
            receptance, TokenShift.apply(mixReceptance, x, previous, errors), errors);
    Bounded[] k = MatrixVector.apply(key, TokenShift.apply(mixKey, x, previous, errors), errors);
    Bounded[] v =
        MatrixVector.apply(value, TokenShift.apply(mixValue, x, previous, errors), errors);
    WkvParallel.Span wkv =
        WkvParallel.apply(decay, bonus, state, k, v, Numerics.STABILISED, errors);
    Bounded[] gated = new Bounded[x.length];
    for (int t = 0; t < gated.length; t++) {
      gated[t] = SigmoidGate.apply(r[t], wkv.wkv()[t], errors);
    }
    return new Span(MatrixVector.apply(output, gated, errors), wkv.next());
  }
}

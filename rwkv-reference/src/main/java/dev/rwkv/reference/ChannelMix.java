package dev.rwkv.reference;

import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.tensor.TensorView;

/**
 * Channel-mix, the feed-forward half of a block (paper eq. 14, 15, 18).
 *
 * <p><em>Computes</em>, with x the output of ln2,
 *
 * <pre>
 *   r = W_r (μ_r ⊙ x_t + (1 − μ_r) ⊙ x_{t−1}),  k likewise
 *   o = σ(r) ⊙ (W_v max(k, 0)²)
 * </pre>
 *
 * token by token ({@link #step}) or for a span at once ({@link #span}).
 *
 * @param mixKey μ'_k, [C]
 * @param mixReceptance μ'_r, [C]
 * @param key W'_k, [F, C]
 * @param receptance W'_r, [C, C]
 * @param value W'_v, [C, F]
 */
public record ChannelMix(
    double[] mixKey,
    double[] mixReceptance,
    TensorView key,
    TensorView receptance,
    TensorView value) {

  static ChannelMix of(Rwkv4Weights.ChannelMix weights) {
    return new ChannelMix(
        weights.mixKey().toDoubles(),
        weights.mixReceptance().toDoubles(),
        weights.key(),
        weights.receptance(),
        weights.value());
  }

  /**
   * The recurrent form.
   *
   * @param x x_t, [C]
   * @param previous x_{t−1}, [C]
   * @return what is added to x, [C]
   */
  Bounded step(Bounded x, Bounded previous, ErrorModel errors) {
    Bounded r =
        MatrixVector.apply(
            receptance, TokenShift.apply(mixReceptance, x, previous, errors), errors);
    Bounded k = MatrixVector.apply(key, TokenShift.apply(mixKey, x, previous, errors), errors);
    Bounded v = MatrixVector.apply(value, SquaredRelu.apply(k, errors), errors);
    return SigmoidGate.apply(r, v, errors);
  }

  /**
   * The parallel form.
   *
   * @param x the span, [T][C]
   * @param previous the token before the span, [C]
   * @return what is added to x, [T][C]
   */
  Bounded[] span(Bounded[] x, Bounded previous, ErrorModel errors) {
    Bounded[] r =
        MatrixVector.apply(
            receptance, TokenShift.apply(mixReceptance, x, previous, errors), errors);
    Bounded[] k = MatrixVector.apply(key, TokenShift.apply(mixKey, x, previous, errors), errors);
    Bounded[] activated = new Bounded[x.length];
    for (int t = 0; t < activated.length; t++) {
      activated[t] = SquaredRelu.apply(k[t], errors);
    }
    Bounded[] v = MatrixVector.apply(value, activated, errors);
    Bounded[] changes = new Bounded[x.length];
    for (int t = 0; t < changes.length; t++) {
      changes[t] = SigmoidGate.apply(r[t], v[t], errors);
    }
    return changes;
  }
}

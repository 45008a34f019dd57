package dev.rwkv;

import dev.rwkv.error.StateException;
import dev.rwkv.tensor.DType;

/**
 * One number per token of the vocabulary: the unnormalised log-probability that it comes next.
 *
 * <p>A window on the session's own buffer: copy what is to outlive the session's next use.
 */
public interface Logits {

  /** The size of the vocabulary. */
  int size();

  /** What the backend computed in: {@link DType#F32}, or {@link DType#F64} from the oracle. */
  DType dtype();

  /**
   * The logit of one token.
   *
   * @throws StateException if no token has been consumed yet
   */
  double get(int token);

  /**
   * Copies all logits, each rounded to the nearest float.
   *
   * @param destination at least {@link #size()} long
   */
  void copyTo(float[] destination);

  /** All logits, rounded to float, in a new array. */
  default float[] toFloats() {
    float[] copy = new float[size()];
    copyTo(copy);
    return copy;
  }

  /** All logits, exactly, in a new array. */
  default double[] toDoubles() {
    double[] copy = new double[size()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = get(i);
    }
    return copy;
  }

  /** The token with the largest logit; the lowest such id when several are equal. */
  default int argmax() {
    int best = 0;
    for (int i = 1; i < size(); i++) {
      if (get(i) > get(best)) {
        best = i;
      }
    }
    return best;
  }
}

package dev.rwkv.reference.gradient;

import dev.rwkv.error.InvalidArgumentException;
import java.util.List;

/**
 * What a gradient is taken of: B texts of T tokens, and for every token the one that should follow.
 *
 * <p>The arrays are not copied. Token ids are checked by {@link GradientOracle}, which knows the
 * vocabulary.
 *
 * @param texts B, at least 1
 * @param length T, at least 1
 * @param tokens [B, T], ids, row-major: one text after the other
 * @param targets [B, T], ids
 * @param l2Wrap whether the gradient of each position's largest logit gets 10⁻⁴/(B·T) times that
 *     logit (RWKV-LM); the loss is reported without
 * @param start one for each layer, what every text starts from; none for an empty state
 */
public record TrainingBatch(
    int texts, int length, int[] tokens, int[] targets, boolean l2Wrap, List<EarlierToken> start) {

  /**
   * Checks the sizes.
   *
   * @throws InvalidArgumentException if there are no tokens, or not texts · length of them
   */
  public TrainingBatch {
    if (texts < 1 || length < 1) {
      throw new InvalidArgumentException(
          "batch", texts + " texts of " + length + " tokens: there must be at least one of each");
    }
    check("tokens", tokens, Math.multiplyFull(texts, length));
    check("targets", targets, Math.multiplyFull(texts, length));
    start = List.copyOf(start);
  }

  /** Texts that start with an empty state. */
  public TrainingBatch(int texts, int length, int[] tokens, int[] targets, boolean l2Wrap) {
    this(texts, length, tokens, targets, l2Wrap, List.of());
  }

  private static void check(String name, int[] ids, long size) {
    if (ids.length != size) {
      throw new InvalidArgumentException(
          name, ids.length + " ids, but the texts have " + size + " tokens");
    }
  }

  /** Ids in the order of time: first token 0 of every text, then token 1. */
  int[] byTime(int[] ids) {
    int[] ordered = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ordered[i] = ids[i % texts * length + i / texts];
    }
    return ordered;
  }
}

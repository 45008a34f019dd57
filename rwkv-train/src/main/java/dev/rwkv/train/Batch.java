package dev.rwkv.train;

import dev.rwkv.error.InvalidArgumentException;

/**
 * B texts of T tokens each, and for every token the one that follows it.
 *
 * @param texts B
 * @param length T
 * @param tokens [B, T], ids
 * @param targets [B, T], ids
 */
public record Batch(int texts, int length, int[] tokens, int[] targets) {

  /** Checks the sizes; ids are checked against the vocabulary by who uses them. */
  public Batch {
    if (texts < 1 || length < 1) {
      throw new InvalidArgumentException(
          "batch", texts + " texts of " + length + " tokens: there must be at least one of each");
    }
    long size = (long) texts * length;
    if (tokens.length != size || targets.length != size) {
      throw new InvalidArgumentException(
          "batch",
          tokens.length
              + " tokens and "
              + targets.length
              + " targets: "
              + texts
              + " texts of "
              + length
              + " tokens need "
              + size);
    }
  }

  /** How many tokens are predicted: B·T. */
  public int predictions() {
    return tokens.length;
  }
}

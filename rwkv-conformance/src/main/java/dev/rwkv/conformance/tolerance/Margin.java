package dev.rwkv.conformance.tolerance;

import org.jspecify.annotations.Nullable;

/**
 * The largest share of its bound that a backend used for one quantity; above 1 is wrong.
 *
 * @param operator what was compared: a component of the state, {@code logits}, {@code wkv}
 * @param share |candidate − oracle| / bound; {@link #BEYOND} for NaN and infinities
 * @param probable the same with the probabilistic bound, which proves nothing; null if not taken
 * @param comparisons numbers that were compared
 */
public record Margin(String operator, double share, @Nullable Double probable, long comparisons) {
  /** What stands for an infinite share, which JSON cannot write. */
  public static final double BEYOND = 1e300;

  Margin(String operator, double share, long comparisons) {
    this(operator, finite(share), null, comparisons);
  }

  Margin and(Margin other) {
    return new Margin(
        operator,
        Math.max(share, other.share),
        probable == null
            ? other.probable
            : Double.valueOf(
                other.probable == null ? probable : Math.max(probable, other.probable)),
        comparisons + other.comparisons);
  }

  static Margin probable(String operator, double share) {
    return new Margin(operator, 0, finite(share), 0);
  }

  private static double finite(double share) {
    return Math.min(share, BEYOND);
  }
}

package dev.rwkv.error;

/**
 * A logit came out NaN or infinite. The session's state is spoiled: reset it or restore a snapshot.
 * The message names the weight to blame when there is one.
 */
public class NonFiniteException extends RwkvException {
  private final int logit;

  public NonFiniteException(int logit, String message) {
    super(message);
    this.logit = logit;
  }

  /** The first token whose logit is not finite. */
  public int logit() {
    return logit;
  }
}

package dev.rwkv.conformance.tolerance;

import org.jspecify.annotations.Nullable;

/**
 * A requirement that is not met, in one line for the vendor: where, what came, what was expected.
 * Anything else that a test throws was thrown by the backend, and is reported as such.
 */
public final class Violation extends AssertionError {
  public Violation(String message) {
    super(message);
  }

  public Violation(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Throws unless something holds. */
  public static void unless(boolean holds, String message) {
    if (!holds) {
      throw new Violation(message);
    }
  }
}

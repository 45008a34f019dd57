package dev.rwkv.conformance.report;

import org.jspecify.annotations.Nullable;

/**
 * How a test failed.
 *
 * @param kind who says so
 * @param message one line: where, what came, what was expected
 * @param sample the smallest case that was found, enough to make it again; null if there is none
 * @param trace the topmost frames of what was thrown
 */
public record Failure(Kind kind, String message, @Nullable String sample, String trace) {

  /** Who says that the test failed. */
  public enum Kind {
    /** The test, which found the requirement not met. */
    VIOLATION,
    /** The backend threw what it must not. */
    EXCEPTION,
    /** The process ended, crashed or had to be killed. */
    PROCESS
  }
}

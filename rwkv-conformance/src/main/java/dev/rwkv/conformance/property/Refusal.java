package dev.rwkv.conformance.property;

import dev.rwkv.conformance.tolerance.Violation;
import org.jspecify.annotations.Nullable;

/** Asks for what must be refused. */
final class Refusal {
  private Refusal() {}

  /** What is tried. */
  @FunctionalInterface
  interface Action {
    @Nullable Object run();
  }

  /**
   * Tries something.
   *
   * @param type what must be thrown
   * @param what names what is tried: {@code step(-1)}
   * @return what was thrown
   * @throws Violation if nothing is thrown, or something else
   */
  static <E extends RuntimeException> E expect(Class<E> type, String what, Action action) {
    Object result;
    try {
      result = action.run();
    } catch (RuntimeException | Error e) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
      throw new Violation(what + " must throw " + type.getSimpleName() + ", but threw " + e, e);
    }
    throw new Violation(
        what + " must throw " + type.getSimpleName() + ", but returned " + shown(result));
  }

  private static String shown(@Nullable Object result) {
    return result == null ? "normally" : result.getClass().getSimpleName();
  }
}

package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.tolerance.Violation;

/**
 * Where a session stands: its logits and its state, to be compared bit by bit.
 *
 * @param logits of the next token
 * @param state the exported state
 */
record Outcome(double[] logits, State state) {

  /** Of a session that has consumed a token. */
  static Outcome of(Session session) {
    return new Outcome(session.logits().toDoubles(), session.snapshot());
  }

  /**
   * Compares bits.
   *
   * @param what names the other one: {@code the fork}
   * @throws Violation if a bit differs; names the first
   */
  void requireSame(Outcome other, String what) {
    for (var component : state.layout().components()) {
      requireSame(
          state.component(component.name()).toDoubles(),
          other.state.component(component.name()).toDoubles(),
          what + ": " + component.name());
    }
    requireSame(logits, other.logits, what + ": logits");
  }

  private static void requireSame(double[] wanted, double[] got, String what) {
    for (int i = 0; i < wanted.length; i++) {
      if (Double.doubleToRawLongBits(wanted[i]) != Double.doubleToRawLongBits(got[i])) {
        throw new Violation(
            "%s[%d] is %s, but must have the bits of %s".formatted(what, i, got[i], wanted[i]));
      }
    }
  }
}

package dev.rwkv.conformance.subject;

import dev.rwkv.Logits;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.reference.Expected;
import dev.rwkv.reference.Oracle;
import dev.rwkv.tensor.Checkpoint;
import java.util.List;
import java.util.function.Supplier;

/** A model of the backend under test, and the oracle of the weights that it must hold. */
public final class LoadedModel implements AutoCloseable {
  private final Model model;
  private final Checkpoint exact;
  private final Oracle oracle;
  private final ErrorModel errors;

  LoadedModel(Model model, Checkpoint exact, ErrorModel errors) {
    this.model = model;
    this.exact = exact;
    this.oracle = Oracle.of(exact);
    this.errors = errors;
  }

  /** What is tested. */
  public Model model() {
    return model;
  }

  /** What it is compared with. */
  public Oracle oracle() {
    return oracle;
  }

  /** A new session of the model. */
  public Session newSession() {
    return model.newSession();
  }

  /** The arithmetic that the backend claims, see {@link Subject#arithmetic}. */
  public ErrorModel errors() {
    return errors;
  }

  /**
   * Steps a session, and judges the step from the session's own state.
   *
   * @param where names the step in a violation
   * @return the state after it
   */
  public State judgedStep(Judge judge, String where, Session session, int token) {
    State before = session.snapshot();
    double[] logits = finite(where, () -> session.step(token)).toDoubles();
    State after = session.snapshot();
    judge.step(where, oracle, errors, before, token, logits, after);
    return after;
  }

  /**
   * Steps a session, and judges some components of the state after it from the session's own state.
   *
   * @param where names the step in a violation
   */
  public void judgedStep(
      Judge judge, String where, Session session, int token, List<String> components) {
    State before = session.snapshot();
    finite(where, () -> session.step(token));
    State after = session.snapshot();
    Expected expected = oracle.judge(before, token, after, errors);
    components.forEach(name -> judge.component(where, expected, name, after));
  }

  /**
   * Takes logits that are not finite for a wrong answer, not for a failure of the backend.
   *
   * @param where names the step in a violation
   * @throws Violation if the session refuses to show them
   */
  public static Logits finite(String where, Supplier<Logits> step) {
    try {
      return step.get();
    } catch (NonFiniteException e) {
      throw new Violation(where + ": the weights are finite, but " + e.getMessage(), e);
    }
  }

  /** Closes both; closing again does nothing. */
  @Override
  public void close() {
    model.close();
    exact.close();
  }
}

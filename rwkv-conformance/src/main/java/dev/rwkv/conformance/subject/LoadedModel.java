package dev.rwkv.conformance.subject;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.reference.Oracle;
import dev.rwkv.tensor.Checkpoint;

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
    double[] logits = session.step(token).toDoubles();
    State after = session.snapshot();
    judge.step(where, oracle, errors, before, token, logits, after);
    return after;
  }

  /** Closes both; closing again does nothing. */
  @Override
  public void close() {
    model.close();
    exact.close();
  }
}

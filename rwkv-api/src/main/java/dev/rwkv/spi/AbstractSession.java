package dev.rwkv.spi;

import dev.rwkv.Logits;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.error.StateException;
import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * Keeps the contract of {@link Session} for a backend: tokens are checked before anything moves,
 * foreign states are refused, one thread at a time, closing during a step, no logit that is not
 * finite. A subclass does the arithmetic.
 *
 * <p>The subclass owns a host buffer of V logits, and writes it whenever logits are asked for. A
 * device copies only these V numbers to the host; its state stays where it is until {@link
 * #readState}.
 */
public abstract class AbstractSession implements Session {
  private final AbstractModel model;
  private final ResourceGate gate;
  private final SessionLogits logits;

  /**
   * A session at the start of a text.
   *
   * @param logitsType {@link DType#F32} or {@link DType#F64}
   * @param logitsBuffer V elements on the host, little-endian, valid until {@link #release}
   */
  protected AbstractSession(AbstractModel model, DType logitsType, MemorySegment logitsBuffer) {
    this.model = model;
    this.logits = new SessionLogits(model.config().vocabulary(), logitsType, logitsBuffer, this);
    this.gate = new ResourceGate("the session", this::release);
  }

  /** Consumes one token and fills the logits. */
  protected abstract void advance(int token);

  /**
   * Consumes a span of at least one token, in the parallel form where the backend has one. Fills
   * the logits after every token and calls {@link SpanListener#logitsReady} if a listener is given;
   * otherwise only after the last. The default steps token by token.
   */
  protected void advance(int[] tokens, SpanListener listener) {
    for (int i = 0; i < tokens.length; i++) {
      advance(tokens[i]);
      listener.logitsReady(i);
    }
  }

  /** Told by {@link #advance(int[], SpanListener)} that the logits after a token are filled. */
  protected interface SpanListener {
    /** Whether the logits after every token are wanted, or those of the last alone. */
    boolean wantsAll();

    /** The logits buffer holds what follows the token of this index. */
    void logitsReady(int index);
  }

  /** The live state as a value in the canonical layout. */
  protected abstract State readState();

  /** Sets the live state; its model and layout were checked, its type is f32 or f64. */
  protected abstract void writeState(State state);

  /** Frees what the session holds. Runs once, when no step is running any more. */
  protected abstract void release();

  /** A session at the same place; a subclass may copy its live state on the device instead. */
  protected AbstractSession copy() {
    AbstractSession copy = model.createSession();
    try {
      copy.writeState(readState());
      return copy;
    } catch (RuntimeException | Error e) {
      copy.close();
      throw e;
    }
  }

  final void enter() {
    gate.enterAlone();
    try {
      model.gate().enter();
    } catch (RuntimeException e) {
      gate.leave();
      throw e;
    }
  }

  final void leave() {
    try {
      gate.leave();
    } finally {
      model.gate().leave();
    }
  }

  final boolean isClosed() {
    return gate.isClosed() || model.gate().isClosed();
  }

  final void forgetLogits() {
    logits.forget();
  }

  /** Shows the logits if all are finite; otherwise gives the first token whose logit is not. */
  final int acceptLogits() {
    int bad = logits.firstNonFinite();
    if (bad >= 0) {
      logits.forget();
    } else {
      logits.ready();
    }
    return bad;
  }

  private void logitsAreReady() {
    int bad = acceptLogits();
    if (bad >= 0) {
      throw model.nonFinite("", bad);
    }
  }

  @Override
  public final Logits step(int token) {
    model.checkToken("token", token);
    enter();
    try {
      logits.forget();
      advance(token);
      logitsAreReady();
      return logits;
    } finally {
      leave();
    }
  }

  @Override
  public final Logits prefill(int... tokens) {
    return span(tokens, LAST_ONLY);
  }

  @Override
  public final void prefill(int[] tokens, LogitsVisitor visitor) {
    Arguments.given("visitor", visitor);
    span(
        tokens,
        new SpanListener() {
          @Override
          public boolean wantsAll() {
            return true;
          }

          @Override
          public void logitsReady(int index) {
            logitsAreReady();
            visitor.visit(index, logits);
          }
        });
  }

  private static final SpanListener LAST_ONLY =
      new SpanListener() {
        @Override
        public boolean wantsAll() {
          return false;
        }

        @Override
        public void logitsReady(int index) {
          // The last ones are read when the span is done.
        }
      };

  private Logits span(int[] tokens, SpanListener listener) {
    // A copy, because the caller may change his array while we compute.
    int[] checked = Arguments.given("tokens", tokens).clone();
    for (int i = 0; i < checked.length; i++) {
      model.checkToken("tokens[" + i + "]", checked[i]);
    }
    enter();
    try {
      if (checked.length > 0) {
        logits.forget();
        advance(checked, listener);
        logitsAreReady();
      }
      return logits;
    } finally {
      leave();
    }
  }

  @Override
  public final Logits logits() {
    if (isClosed()) {
      enter(); // throws, and says what was closed
    }
    return logits;
  }

  @Override
  public final Session fork() {
    enter();
    try {
      AbstractSession copy = copy();
      copy.logits.copyFrom(logits);
      return copy;
    } finally {
      leave();
    }
  }

  @Override
  public final State snapshot() {
    enter();
    try {
      return readState();
    } finally {
      leave();
    }
  }

  @Override
  public final void restore(State state) {
    Arguments.given("state", state);
    if (!state.layout().equals(model.stateLayout())) {
      throw new StateException(
          "the "
              + state.layout()
              + " does not fit "
              + model.config()
              + ", which has a "
              + model.stateLayout());
    }
    if (!state.fingerprint().equals(model.fingerprint())) {
      throw new StateException(
          "the state belongs to the model with fingerprint "
              + state.fingerprint()
              + ", but "
              + model.source()
              + " has "
              + model.fingerprint());
    }
    enter();
    try {
      logits.forget();
      writeState(state);
    } finally {
      leave();
    }
  }

  @Override
  public final void reset() {
    restore(State.initial(model.stateLayout(), model.fingerprint(), logits.dtype()));
  }

  @Override
  public final Model model() {
    return model;
  }

  @Override
  public final void close() {
    gate.close();
  }

  /** Says what it is, for logs. */
  @Override
  public String toString() {
    return "session of " + model;
  }
}

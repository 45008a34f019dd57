package dev.rwkv;

import dev.rwkv.error.ClosedException;
import dev.rwkv.error.ConcurrentUseException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.error.StateException;

/**
 * One text being read and written: the live state of a model.
 *
 * <p>For one thread at a time; a second one that enters is refused with {@link
 * ConcurrentUseException}, not served wrongly. Memory does not grow with the tokens it has seen,
 * and a step allocates nothing on the heap where the backend says so.
 *
 * <p>All methods but {@link #model} and {@link #close} throw {@link ClosedException} once the
 * session or its model is closed, and {@link InvalidArgumentException} for a null.
 */
public interface Session extends AutoCloseable {

  /** Receives the logits after each token of a span. */
  @FunctionalInterface
  interface LogitsVisitor {
    /**
     * Called in the order of the tokens.
     *
     * @param index the index of the token in the span
     * @param logits valid until this call returns
     */
    void visit(int index, Logits logits);
  }

  /** The model that this session runs on. */
  Model model();

  /**
   * Consumes one token: the recurrent form.
   *
   * @return the logits of the token that follows; valid until this session is used again
   * @throws InvalidArgumentException if the token is not in [0, vocabulary)
   * @throws NonFiniteException if a logit is NaN or infinite
   */
  Logits step(int token);

  /**
   * Consumes a span of tokens: the parallel form, where the backend has one. It leaves the state
   * that stepping would leave. An empty span changes nothing.
   *
   * @return the logits after the last token; valid until this session is used again
   * @throws InvalidArgumentException if a token is not in [0, vocabulary); nothing has moved then
   * @throws NonFiniteException if a logit is NaN or infinite
   */
  Logits prefill(int... tokens);

  /**
   * Consumes a span of tokens like {@link #prefill(int...)}, and shows the logits after every one.
   * When the visitor throws, the session stands somewhere within the span: reset or restore it.
   *
   * @throws InvalidArgumentException if a token is not in [0, vocabulary); nothing has moved then
   * @throws NonFiniteException if a logit is NaN or infinite
   */
  void prefill(int[] tokens, LogitsVisitor visitor);

  /**
   * The logits after the last token that was consumed. Before the first one, and after {@link
   * #reset} or {@link #restore}, there are none: reading them throws {@link StateException}.
   */
  Logits logits();

  /** A second session at the same place of the text; the two are independent from then on. */
  Session fork();

  /** The state as a value, which later steps never change. */
  State snapshot();

  /**
   * Goes to a state that was saved before, by this or any other backend.
   *
   * @throws StateException if it belongs to another model; nothing has changed then
   */
  void restore(State state);

  /** Goes back to the start of a text. */
  void reset();

  /** Lets the state go. Closing again does nothing; a running step finishes first. */
  @Override
  void close();
}

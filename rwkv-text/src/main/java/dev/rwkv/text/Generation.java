package dev.rwkv.text;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.error.ClosedException;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A text in the making: an iterator over its pieces, one for each token; for callbacks, {@link
 * #forEachRemaining}; as a stream of strings, {@link #texts}.
 *
 * <p>Owns the session that it runs on; close it. For one thread at a time, but {@link #cancel} is
 * for any. The prompt is consumed by the first call of {@link #hasNext} or {@link #next}. The last
 * token that was chosen is never given to the model: it is pending, and {@link #continuation} saves
 * it.
 */
public final class Generation implements Iterator<TextPiece>, AutoCloseable {
  /** How many tokens of a prompt the model is given between two looks at the cancellation. */
  static final int PROMPT_CHUNK = 256;

  /**
   * Where a generation begins.
   *
   * @param session at the place of the text where {@code tokens} come next
   * @param tokens the prompt, after tokens that were pending
   * @param logits what follows if there are no tokens to consume
   * @param held bytes that the text held back before
   * @param sampler chooses the tokens
   */
  record Start(
      Session session, int[] tokens, @Nullable Logits logits, byte[] held, Sampler sampler) {}

  private final Session session;
  private final Tokenizer tokenizer;
  private final GenerationRequest request;
  private final Sampler sampler;
  private final PromptListener listener;
  private final TextStream text;
  private final StringBuilder ready = new StringBuilder();

  /** Tokens for the model; those from {@code consumed} on are pending. */
  private int[] tokens;

  private int consumed;
  private @Nullable Logits logits;
  private boolean begun;
  private boolean closed;
  private volatile boolean cancelled;
  private @Nullable FinishReason finishReason;

  private final int promptTokens;
  private int generated;
  private long prefillNanos;
  private long firstTokenNanos;
  private long decodeNanos;

  Generation(Tokenizer tokenizer, GenerationRequest request, Start start, PromptListener listener) {
    this.session = start.session();
    this.tokenizer = tokenizer;
    this.request = request;
    this.sampler = start.sampler();
    this.listener = listener;
    this.tokens = start.tokens();
    this.logits = start.logits();
    this.promptTokens = tokens.length;
    this.text = TextStream.of(request.stopTexts());
    ready.append(text.push(start.held()));
  }

  /** Whether there will be another piece. Consumes the prompt when first called. */
  @Override
  public boolean hasNext() {
    requireOpen();
    begin();
    if (finishReason == null && cancelled) {
      finish(FinishReason.CANCELLED);
    }
    return finishReason == null || !ready.isEmpty();
  }

  /**
   * The next piece: takes as long as the model takes for a token.
   *
   * @throws NoSuchElementException if the generation has ended
   */
  @Override
  public TextPiece next() {
    try {
      if (!hasNext()) {
        throw new NoSuchElementException("the generation has ended: " + finishReason);
      }
      OptionalInt token = OptionalInt.empty();
      if (finishReason == null) {
        token = OptionalInt.of(generate());
      }
      TextPiece piece = new TextPiece(ready.toString(), token);
      ready.setLength(0);
      return piece;
    } finally {
      // The cleaner of an abandoned generation closes its session: not while this still runs.
      Reference.reachabilityFence(this);
    }
  }

  private void begin() {
    if (begun) {
      return;
    }
    if (text.stop().isPresent()) {
      finish(FinishReason.STOP_TEXT);
    } else {
      long start = System.nanoTime();
      while (consumed < tokens.length && !cancelled) {
        consume();
        listener.consumed(consumed, tokens.length);
      }
      prefillNanos += System.nanoTime() - start;
      if (!cancelled && request.maxTokens() == 0) {
        finish(FinishReason.LENGTH);
      }
    }
    begun = true;
  }

  /** Gives the model the next tokens. */
  private void consume() {
    int count = Math.min(PROMPT_CHUNK, tokens.length - consumed);
    logits =
        count == 1
            ? session.step(tokens[consumed])
            : session.prefill(Arrays.copyOfRange(tokens, consumed, consumed + count));
    consumed += count;
  }

  private int generate() {
    long start = System.nanoTime();
    if (consumed < tokens.length) {
      consume();
    }
    Logits current = logits;
    if (current == null) {
      throw new IllegalStateException("neither tokens nor logits to begin with");
    }
    int token = sampler.sample(current);
    logits = null;
    tokens = new int[] {token};
    consumed = 0;
    generated++;
    if (isStop(token)) {
      finish(FinishReason.END_OF_TEXT);
    } else {
      ready.append(text.push(tokenizer.bytes(token)));
      if (text.stop().isPresent()) {
        finish(FinishReason.STOP_TEXT);
      } else if (generated == request.maxTokens()) {
        finish(FinishReason.LENGTH);
      } else if (cancelled) {
        finish(FinishReason.CANCELLED);
      }
    }
    long nanos = System.nanoTime() - start;
    if (generated == 1) {
      firstTokenNanos = prefillNanos + nanos;
    } else {
      decodeNanos += nanos;
    }
    return token;
  }

  private boolean isStop(int token) {
    OptionalInt end = tokenizer.endOfText();
    return (request.stopAtEndOfText() && end.isPresent() && end.getAsInt() == token)
        || request.stopTokens().contains(token);
  }

  private void finish(FinishReason reason) {
    finishReason = reason;
    boolean goesOn = reason == FinishReason.LENGTH || reason == FinishReason.CANCELLED;
    if (!(goesOn && request.toBeContinued())) {
      ready.append(text.finish());
    }
  }

  /**
   * Ends the generation after the step that is running, if any; from any thread. While a prompt is
   * consumed, after at most {@value #PROMPT_CHUNK} more tokens.
   */
  public void cancel() {
    cancelled = true;
  }

  /** Runs to the end and gives the text of all pieces. */
  public String complete() {
    StringBuilder whole = new StringBuilder();
    forEachRemaining(piece -> whole.append(piece.text()));
    return whole.toString();
  }

  /**
   * The texts that are not empty, as they come. Closes the generation when it ends or when the
   * stream is closed; one that is cut short, as by {@code limit}, is closed at the latest when the
   * garbage collector finds it.
   */
  public Stream<String> texts() {
    var pieces =
        new Spliterators.AbstractSpliterator<String>(
            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
          @Override
          public boolean tryAdvance(Consumer<? super String> action) {
            while (!closed && hasNext()) {
              TextPiece piece = next();
              if (!piece.text().isEmpty()) {
                action.accept(piece.text());
                return true;
              }
            }
            close();
            return false;
          }
        };
    return StreamSupport.stream(pieces, false).onClose(this::close);
  }

  /** Why it ended, once it has. */
  public Optional<FinishReason> finishReason() {
    return Optional.ofNullable(finishReason);
  }

  /** The seed of the choices, given or drawn. */
  public long seed() {
    return sampler.seed();
  }

  /** What was done so far. */
  public GenerationStatistics statistics() {
    int prompt = generated == 0 ? consumed : promptTokens;
    return new GenerationStatistics(prompt, generated, prefillNanos, firstTokenNanos, decodeNanos);
  }

  /**
   * Where it is now, to go on later. Taken after a piece, it stands for the text up to that piece;
   * ask for {@link GenerationRequest#toBeContinued} so that a character or stop text is not torn.
   *
   * @throws ClosedException if it was closed
   */
  public Continuation continuation() {
    requireOpen();
    int[] pending = Arrays.copyOfRange(tokens, consumed, tokens.length);
    Logits next = pending.length == 0 ? logits : null;
    return new Continuation(
        session.snapshot(),
        pending,
        next == null ? null : new SavedLogits(next.toFloats()),
        sampler.state(),
        text.held());
  }

  /** How many bytes of the tokens are before the stop text, or in pieces when there was none. */
  long bytesReleased() {
    return text.released();
  }

  private void requireOpen() {
    if (closed) {
      throw new ClosedException("the generation was closed: start another");
    }
  }

  /** Closes the session. Closing again does nothing. */
  @Override
  public void close() {
    closed = true;
    session.close();
  }
}

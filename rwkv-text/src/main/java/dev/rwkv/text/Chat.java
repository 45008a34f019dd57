package dev.rwkv.text;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.RwkvException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with a model.
 *
 * <p>Owns one session; close it. For one thread at a time, but {@link #cancel} is for any. After
 * every reply the state is exactly that of the written conversation: as if the template's closing
 * text had been fed after the reply, however the reply came to end. (If the stop text came in
 * several tokens, the model reads the reply once more for it.) To take a turn back costs a saved
 * state, which for these models is small; the last {@value #UNDO_DEPTH} are kept.
 *
 * <p>An end of text ends a reply like a stop text. ChatRWKV forbids that token, because its loop
 * feeds every token to the model, and this one would make it forget the conversation; here it is
 * never fed.
 */
public final class Chat implements AutoCloseable {
  /** How many turns can be taken back. */
  public static final int UNDO_DEPTH = 16;

  /** Temperature 1, top-p 0.3, penalties of 0.5: those of ChatRWKV's API_DEMO_CHAT.py. */
  public static final Sampling SAMPLING =
      Sampling.topP(0.3).withPresencePenalty(0.5).withFrequencyPenalty(0.5);

  private final TextGenerator generator;
  private final ChatTemplate template;
  private final Session session;
  private final List<ChatTurn> history = new ArrayList<>();
  private final Deque<State> before = new ArrayDeque<>();
  private State opened;
  private Sampling sampling = SAMPLING;
  private int maxReplyTokens = 1000;
  private @Nullable SamplerState random;
  private volatile @Nullable Generation running;

  private Chat(TextGenerator generator, ChatTemplate template) {
    this.generator = generator;
    this.template = template;
    this.session = generator.model().newSession();
    try {
      session.prefill(closing(template.opening()));
      this.opened = session.snapshot();
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /** Begins a conversation written as {@link ChatTemplate#defaults}. */
  public static Chat of(TextGenerator generator) {
    return of(generator, ChatTemplate.defaults());
  }

  /** Begins a conversation; the model consumes the template's opening. */
  public static Chat of(TextGenerator generator, ChatTemplate template) {
    return new Chat(generator, template);
  }

  /** How replies are sampled from now on. Penalties count within one reply. */
  public void setSampling(Sampling newSampling) {
    sampling = newSampling;
  }

  /**
   * The most tokens of a reply from now on; at first 1000.
   *
   * @throws InvalidArgumentException if it is not positive
   */
  public void setMaxReplyTokens(int tokens) {
    if (tokens < 1) {
      throw new InvalidArgumentException("maxReplyTokens", tokens + " is not 1 or more");
    }
    maxReplyTokens = tokens;
  }

  /** The turns so far, the latest last. */
  public List<ChatTurn> history() {
    return Collections.unmodifiableList(history);
  }

  /**
   * Says something and lets the model reply.
   *
   * <p>A reply that is cancelled counts as far as it got; cancelled before its first token, the
   * turn has not happened.
   *
   * @param message what the user says; blank lines in it become single ones
   * @param onText is given the reply as it comes
   * @return the turn, which is in the history unless it was cancelled before the reply began
   * @throws InvalidArgumentException if the message is blank
   */
  public ChatTurn send(String message, Consumer<String> onText) {
    String cleaned = template.clean(message);
    State start = session.snapshot();
    try {
      ChatTurn turn = reply(cleaned, start, onText);
      if (turn.statistics().generatedTokens() == 0) {
        session.restore(start);
      } else {
        history.add(turn);
        before.addLast(start);
        if (before.size() > UNDO_DEPTH) {
          before.removeFirst();
        }
      }
      return turn;
    } catch (RuntimeException | Error e) {
      goBack(start, e);
      throw e;
    } finally {
      running = null;
    }
  }

  private void goBack(State start, Throwable failure) {
    try {
      session.restore(start);
    } catch (RwkvException e) {
      failure.addSuppressed(e); // closed meanwhile: there is nothing to go back to
    }
  }

  private ChatTurn reply(String message, State start, Consumer<String> onText) {
    Tokenizer tokenizer = generator.tokenizer();
    int[] prompt = tokenizer.encode(template.turn(message));
    Sampling known = generator.withoutUnknownTokens(sampling);
    Sampler sampler = random == null ? new Sampler(known) : new Sampler(known, random);
    GenerationRequest request =
        GenerationRequest.of("")
            .withMaxTokens(maxReplyTokens)
            .withStopTexts(template.stopTexts())
            .withSampling(known);
    // Not closed: the session is ours and outlives it.
    Generation generation =
        new Generation(
            tokenizer,
            request,
            new Generation.Start(session, prompt, null, new byte[0], sampler),
            PromptListener.NONE);
    running = generation;
    StringBuilder text = new StringBuilder();
    List<Integer> tokens = new ArrayList<>();
    while (generation.hasNext()) {
      TextPiece piece = generation.next();
      piece.token().ifPresent(tokens::add);
      if (!piece.text().isEmpty()) {
        text.append(piece.text());
        onText.accept(piece.text());
      }
    }
    SamplerState drawn = sampler.state();
    random = new SamplerState(drawn.seed(), drawn.draws(), Map.of());
    FinishReason reason = generation.finishReason().orElseThrow();
    if (!tokens.isEmpty()) {
      finish(start, prompt, tokens, reason, generation.bytesReleased());
    }
    return new ChatTurn(message, text.toString(), reason, generation.statistics());
  }

  /** Brings the session to where the reply and the closing text have been consumed. */
  private void finish(
      State start, int[] prompt, List<Integer> sampled, FinishReason reason, long bytes) {
    int[] reply = sampled.stream().mapToInt(Integer::intValue).toArray();
    int kept = reply.length;
    byte[] rest = new byte[0];
    if (reason == FinishReason.END_OF_TEXT) {
      kept--;
    } else if (reason == FinishReason.STOP_TEXT) {
      ReplyCut cut = ReplyCut.at(generator.tokenizer(), reply, bytes);
      kept = cut.tokens();
      rest = cut.rest();
    }
    int consumed = reply.length - 1; // the last one is pending
    if (kept < consumed) {
      // The stop text began in tokens that the model has consumed: read the reply again without.
      session.restore(start);
      session.prefill(prompt);
      consumed = 0;
    }
    session.prefill(Arrays.copyOfRange(reply, consumed, kept));
    session.prefill(closing(new String(rest, StandardCharsets.UTF_8) + template.separator()));
  }

  /**
   * The tokens of a text that the user's next words follow.
   *
   * <p>A byte-pair encoder joins two line ends at the end of a text into one token, but not before
   * a word, and the Pile models have seen only the latter: so it is encoded with what follows.
   */
  private int[] closing(String text) {
    Tokenizer tokenizer = generator.tokenizer();
    int[] joint = tokenizer.encode(text + template.userPrefix());
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    int at = 0;
    int count = 0;
    while (at < wanted.length && count < joint.length) {
      byte[] token = tokenizer.bytes(joint[count]);
      if (at + token.length > wanted.length
          || !Arrays.equals(wanted, at, at + token.length, token, 0, token.length)) {
        return tokenizer.encode(text);
      }
      at += token.length;
      count++;
    }
    return at == wanted.length ? Arrays.copyOf(joint, count) : tokenizer.encode(text);
  }

  /** Ends the reply that is being generated, if any, after the running step; from any thread. */
  public void cancel() {
    Generation generation = running;
    if (generation != null) {
      generation.cancel();
    }
  }

  /**
   * Takes the last turn back.
   *
   * @return the turn, or empty if there is none or it is too long ago
   */
  public Optional<ChatTurn> undo() {
    if (before.isEmpty()) {
      return Optional.empty();
    }
    session.restore(before.getLast());
    before.removeLast();
    return Optional.of(history.removeLast());
  }

  /**
   * Takes the last reply back and lets the model reply anew, with other random numbers.
   *
   * @return the new turn, or empty if there is none to take back
   */
  public Optional<ChatTurn> regenerate(Consumer<String> onText) {
    return undo().map(turn -> send(turn.message(), onText));
  }

  /** Forgets the conversation, not the opening. */
  public void reset() {
    session.restore(opened);
    history.clear();
    before.clear();
  }

  /** The state after the last turn, to {@linkplain #restore go on} from later. */
  public State snapshot() {
    return session.snapshot();
  }

  /** Goes on from a saved state, with an empty history. {@link #reset} comes back here. */
  public void restore(State state) {
    session.restore(state);
    opened = state;
    history.clear();
    before.clear();
  }

  /** Closes the session. Closing again does nothing. */
  @Override
  public void close() {
    session.close();
  }
}

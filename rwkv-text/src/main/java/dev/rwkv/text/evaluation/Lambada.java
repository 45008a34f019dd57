package dev.rwkv.text.evaluation;

import dev.rwkv.Logits;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * LAMBADA (Paperno et al. 2016): predict the last word of a passage.
 *
 * <p>As the RWKV project scores it: the context is the text without its last word, preceded by the
 * end-of-text token; the target is a space and that word. A target counts as right when arg-max
 * gives every one of its tokens; the perplexity is per target word, e^(mean nats per word).
 */
public final class Lambada {

  /**
   * One passage.
   *
   * @param context all but the last word
   * @param target a space and the last word
   */
  public record Passage(String context, String target) {}

  private Lambada() {}

  /**
   * Reads passages: one JSON object a line, with a field {@code text}.
   *
   * @throws CheckpointException if the file cannot be read or a line is not such an object
   */
  public static List<Passage> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file, "there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new CheckpointException(file, "is not UTF-8 text", e);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
    List<Passage> passages = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        passages.add(passage(file, i + 1, lines.get(i)));
      }
    }
    if (passages.isEmpty()) {
      throw new CheckpointException(file, "holds no passage");
    }
    return passages;
  }

  private static Passage passage(Path file, int line, String json) {
    JsonNode text;
    try {
      text = JsonMapper.shared().readTree(json).path("text");
    } catch (JacksonException e) {
      throw new CheckpointException(
          file, "line " + line + " is not JSON: " + e.getOriginalMessage(), e);
    }
    int lastSpace = text.isString() ? text.stringValue().lastIndexOf(' ') : -1;
    if (lastSpace < 1) {
      throw new CheckpointException(
          file, "line " + line + " has no field \"text\" of at least two words");
    }
    return new Passage(
        text.stringValue().substring(0, lastSpace), text.stringValue().substring(lastSpace));
  }

  /**
   * Scores passages, each from a fresh state.
   *
   * @param progress is told how many passages are done
   * @throws InvalidArgumentException if there are none
   */
  public static Score of(
      Model model, Tokenizer tokenizer, List<Passage> passages, LongConsumer progress) {
    if (passages.isEmpty()) {
      throw new InvalidArgumentException("passages", "there are none");
    }
    Tally tally = new Tally(model.config().vocabulary());
    try (Session session = model.newSession()) {
      for (Passage passage : passages) {
        tally.add(session, tokenizer, passage);
        progress.accept(tally.passages);
      }
    }
    return tally.score();
  }

  /** Sums over passages. */
  private static final class Tally {
    private final NextToken next;
    private long passages;
    private long right;
    private long tokens;
    private long bytes;
    private double nats;

    Tally(int vocabulary) {
      this.next = new NextToken(vocabulary);
    }

    void add(Session session, Tokenizer tokenizer, Passage passage) {
      int[] context =
          IntStream.concat(
                  tokenizer.endOfText().stream(),
                  Arrays.stream(tokenizer.encode(passage.context())))
              .toArray();
      int[] target = tokenizer.encode(passage.target());
      session.reset();
      boolean[] allRight = {true};
      session.prefill(context);
      allRight[0] &= judge(session.logits(), target[0]);
      session.prefill(
          Arrays.copyOf(target, target.length - 1),
          (i, logits) -> allRight[0] &= judge(logits, target[i + 1]));
      passages++;
      right += allRight[0] ? 1 : 0;
      tokens += target.length;
      for (int token : target) {
        bytes += tokenizer.bytes(token).length;
      }
    }

    private boolean judge(Logits logits, int token) {
      nats += next.negativeLogLikelihood(logits, token);
      return logits.argmax() == token;
    }

    Score score() {
      return new Score(
          tokens,
          nats / tokens,
          Math.exp(nats / passages),
          nats / Math.log(2) / bytes,
          OptionalDouble.of((double) right / passages));
    }
  }
}

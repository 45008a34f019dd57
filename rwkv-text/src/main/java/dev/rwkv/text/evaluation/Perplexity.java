package dev.rwkv.text.evaluation;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.text.Tokenizer;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Loss, perplexity and bits per byte of a text, read in one go with one state.
 *
 * <p>The text is preceded by the tokenizer's end-of-text token, as documents are in training, so
 * that its first token is predicted too; a tokenizer without one leaves the first token unscored.
 */
public final class Perplexity {
  private static final int SPAN = 128;

  private Perplexity() {}

  /**
   * Scores a text.
   *
   * @param progress is told how many tokens were read so far
   * @throws InvalidArgumentException if the text has nothing to predict
   */
  public static Score of(Model model, Tokenizer tokenizer, String text, LongConsumer progress) {
    int[] tokens =
        IntStream.concat(tokenizer.endOfText().stream(), Arrays.stream(tokenizer.encode(text)))
            .toArray();
    if (tokens.length < 2) {
      throw new InvalidArgumentException(
          "text", "it has " + tokens.length + " tokens: nothing can be predicted");
    }
    NextToken next = new NextToken(model.config().vocabulary());
    double[] nats = {0};
    long bytes = 0;
    try (Session session = model.newSession()) {
      for (int from = 0; from < tokens.length - 1; from += SPAN) {
        int first = from;
        int to = Math.min(tokens.length - 1, from + SPAN);
        session.prefill(
            Arrays.copyOfRange(tokens, from, to),
            (i, logits) -> nats[0] += next.negativeLogLikelihood(logits, tokens[first + i + 1]));
        progress.accept(to);
      }
    }
    for (int i = 1; i < tokens.length; i++) {
      bytes += tokenizer.bytes(tokens[i]).length;
    }
    int predicted = tokens.length - 1;
    double loss = nats[0] / predicted;
    return new Score(
        predicted, loss, Math.exp(loss), nats[0] / Math.log(2) / bytes, OptionalDouble.empty());
  }
}

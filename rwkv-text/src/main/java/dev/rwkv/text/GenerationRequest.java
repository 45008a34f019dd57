package dev.rwkv.text;

import dev.rwkv.error.InvalidArgumentException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What to generate. Immutable.
 *
 * @param prompt the text to continue. When empty, the saved continuation goes on; without one, the
 *     model is given its end-of-text token, with which its training texts begin
 * @param maxTokens the most tokens to choose; 0 only consumes the prompt
 * @param stopTexts the output ends before the first of these
 * @param stopTokens tokens that end the output, beside the end of text
 * @param stopAtEndOfText whether the end-of-text token ends the output
 * @param sampling how tokens are chosen
 * @param continuation where to go on. A prompt comes after it, and then what it held back is
 *     dropped: that text was never finished
 * @param toBeContinued at the last token, keep back what could be the beginning of a character or
 *     of a stop text, so that a {@link Generation#continuation} goes on exactly; otherwise it is
 *     given out
 */
public record GenerationRequest(
    String prompt,
    int maxTokens,
    List<String> stopTexts,
    Set<Integer> stopTokens,
    boolean stopAtEndOfText,
    Sampling sampling,
    Optional<Continuation> continuation,
    boolean toBeContinued) {

  /**
   * Checks the options.
   *
   * @throws InvalidArgumentException if a number is negative or a stop text is empty
   */
  public GenerationRequest {
    if (prompt == null) {
      throw new InvalidArgumentException("prompt", "is null: give a text, or an empty one");
    }
    if (maxTokens < 0) {
      throw new InvalidArgumentException(
          "maxTokens", maxTokens + " is not allowed: expected 0 or more");
    }
    stopTexts = TextStream.checkStops(stopTexts);
    stopTokens = Set.copyOf(stopTokens);
    for (int token : stopTokens) {
      if (token < 0 || token > TokenTable.LARGEST_ID) {
        throw new InvalidArgumentException("stopTokens", token + " is no token id");
      }
    }
  }

  /** Continue this text, without limit, until the end of text; {@link Sampling#defaults}. */
  public static GenerationRequest of(String prompt) {
    return new GenerationRequest(
        prompt,
        Integer.MAX_VALUE,
        List.of(),
        Set.of(),
        true,
        Sampling.defaults(),
        Optional.empty(),
        false);
  }

  /** Go on where a generation stopped, as if it never had. */
  public static GenerationRequest resuming(Continuation continuation) {
    return of("").withContinuation(continuation);
  }

  /** The same with another prompt. */
  public GenerationRequest withPrompt(String value) {
    return new GenerationRequest(
        value,
        maxTokens,
        stopTexts,
        stopTokens,
        stopAtEndOfText,
        sampling,
        continuation,
        toBeContinued);
  }

  /** The same with another limit. */
  public GenerationRequest withMaxTokens(int value) {
    return new GenerationRequest(
        prompt,
        value,
        stopTexts,
        stopTokens,
        stopAtEndOfText,
        sampling,
        continuation,
        toBeContinued);
  }

  /** The same with these stop texts. */
  public GenerationRequest withStopTexts(List<String> value) {
    return new GenerationRequest(
        prompt,
        maxTokens,
        value,
        stopTokens,
        stopAtEndOfText,
        sampling,
        continuation,
        toBeContinued);
  }

  /** The same with these stop tokens. */
  public GenerationRequest withStopTokens(Set<Integer> value) {
    return new GenerationRequest(
        prompt,
        maxTokens,
        stopTexts,
        value,
        stopAtEndOfText,
        sampling,
        continuation,
        toBeContinued);
  }

  /** The same, ending at the end-of-text token or going on into the next text. */
  public GenerationRequest withStopAtEndOfText(boolean value) {
    return new GenerationRequest(
        prompt, maxTokens, stopTexts, stopTokens, value, sampling, continuation, toBeContinued);
  }

  /** The same with another sampling. */
  public GenerationRequest withSampling(Sampling value) {
    return new GenerationRequest(
        prompt,
        maxTokens,
        stopTexts,
        stopTokens,
        stopAtEndOfText,
        value,
        continuation,
        toBeContinued);
  }

  /** The same, going on from this. */
  public GenerationRequest withContinuation(Continuation value) {
    return new GenerationRequest(
        prompt,
        maxTokens,
        stopTexts,
        stopTokens,
        stopAtEndOfText,
        sampling,
        Optional.of(value),
        toBeContinued);
  }

  /** The same, to be continued later or not. */
  public GenerationRequest withToBeContinued(boolean value) {
    return new GenerationRequest(
        prompt, maxTokens, stopTexts, stopTokens, stopAtEndOfText, sampling, continuation, value);
  }
}

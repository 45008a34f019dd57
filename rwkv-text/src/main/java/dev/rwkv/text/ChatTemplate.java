package dev.rwkv.text;

import dev.rwkv.error.InvalidArgumentException;
import java.util.List;

/**
 * How a conversation is written as the text that a model continues. Immutable.
 *
 * <p>A turn is {@code User: message}, a blank line, {@code Assistant: reply}, a blank line: what
 * the Raven and World models were tuned on, and what ChatRWKV's {@code API_DEMO_CHAT.py} and {@code
 * v2/chat.py} write for both families. There as here a reply ends at its first blank line: those
 * models separate turns by blank lines and were trained on replies without any, so that waiting for
 * {@code "\n\nUser:"} would only let them go on with the user's next words. For a model that writes
 * paragraphs, use {@link #withStopTexts}.
 *
 * @param user what the user is called
 * @param assistant what the model is called
 * @param separator what ends a message: a blank line
 * @param opening what the model is told before the first message, ending as a turn does; or empty
 * @param stopTexts a reply ends before the first of these
 */
public record ChatTemplate(
    String user, String assistant, String separator, String opening, List<String> stopTexts) {

  private static final String BLANK_LINE = "\n\n";
  private static final ChatTemplate DEFAULT =
      new ChatTemplate("User", "Assistant", BLANK_LINE, "", List.of(BLANK_LINE));

  /**
   * Checks the texts.
   *
   * @throws InvalidArgumentException if one is empty that must not be
   */
  public ChatTemplate {
    required("user", user.strip());
    required("assistant", assistant.strip());
    required("separator", separator);
    stopTexts = TextStream.checkStops(stopTexts);
  }

  private static void required(String name, String text) {
    if (text.isEmpty()) {
      throw new InvalidArgumentException(name, "is empty: a turn is written with it");
    }
  }

  /** User and Assistant, for the Raven and World models. */
  public static ChatTemplate defaults() {
    return DEFAULT;
  }

  /** The same between others: {@code named("Bob", "Alice")}. */
  public ChatTemplate named(String newUser, String newAssistant) {
    return new ChatTemplate(newUser, newAssistant, separator, opening, stopTexts);
  }

  /** The same with another opening: an introduction, or an exemplary turn. */
  public ChatTemplate withOpening(String newOpening) {
    return new ChatTemplate(user, assistant, separator, newOpening, stopTexts);
  }

  /** The same with other stop texts, for example {@code "\n\nUser:"}. */
  public ChatTemplate withStopTexts(List<String> newStopTexts) {
    return new ChatTemplate(user, assistant, separator, opening, newStopTexts);
  }

  /** What comes before the words of the user: {@code User:}. */
  String userPrefix() {
    return user + ":";
  }

  /** What the model is given for a message. It is to continue after {@code Assistant:}. */
  String turn(String message) {
    return userPrefix() + " " + message + separator + assistant + ":";
  }

  /**
   * A message as it may stand in a turn: a blank line in it would end it for the model.
   *
   * @throws InvalidArgumentException if nothing is left
   */
  String clean(String message) {
    String cleaned = message.strip().replaceAll("\\R+", "\n");
    if (cleaned.isEmpty()) {
      throw new InvalidArgumentException("message", "is empty: say something");
    }
    return cleaned;
  }
}

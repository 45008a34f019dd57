package dev.rwkv.text;

import dev.rwkv.error.RwkvException;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer that is missing, damaged, of no known kind or not the one of the model, or a token
 * that it does not have; the message names the file or the token and says what to do.
 */
public class TokenizerException extends RwkvException {
  private static final int LONGEST_MESSAGE = 1000;

  public TokenizerException(String message) {
    this(message, null);
  }

  /** Something is wrong that a library or the system found. */
  public TokenizerException(String message, @Nullable Throwable cause) {
    super(oneLine(message), cause);
  }

  // Messages quote tokens and files: control characters in them must not reach a terminal.
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .limit(LONGEST_MESSAGE)
        .forEach(c -> {
          if (Character.isISOControl(c)) {
            line.append(String.format("\\u%04x", c));
          } else {
            line.appendCodePoint(c);
          }
        });
    return text.length() > LONGEST_MESSAGE ? line.append('…').toString() : line.toString();
  }
}

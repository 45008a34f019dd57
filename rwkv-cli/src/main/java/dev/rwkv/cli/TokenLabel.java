package dev.rwkv.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;

/** A token's text as it can be told from others in a table: everything invisible is shown. */
final class TokenLabel {
  private TokenLabel() {}

  /**
   * The label of a token: a space as ·, controls as escapes, and bytes that are no whole characters
   * by their numbers.
   */
  static String of(byte[] bytes) {
    try {
      return of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      StringBuilder label = new StringBuilder();
      for (byte b : bytes) {
        label.append(
            b < 0 ? String.format(Locale.ROOT, "\\x%02X", b) : of(String.valueOf((char) b)));
      }
      return label.toString();
    }
  }

  private static String of(String text) {
    StringBuilder label = new StringBuilder();
    text.codePoints().forEach(c -> append(label, c));
    return label.toString();
  }

  private static void append(StringBuilder label, int c) {
    switch (c) {
      case ' ' -> label.append('·');
      case '\n' -> label.append("\\n");
      case '\r' -> label.append("\\r");
      case '\t' -> label.append("\\t");
      default -> {
        if (isVisible(c)) {
          label.appendCodePoint(c);
        } else {
          label.append(String.format(Locale.ROOT, "\\u%04X", c));
        }
      }
    }
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}

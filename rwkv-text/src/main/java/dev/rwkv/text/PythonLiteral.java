package dev.rwkv.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads a string or bytes literal of Python as {@code repr} writes it: {@code '…'}, {@code "…"},
 * {@code b'…'}, {@code b"…"} with the escapes {@code \\ \' \" \n \r \t \xHH \}{@code uHHHH \}{@code
 * UHHHHHHHH}.
 */
final class PythonLiteral {
  private final String source;
  private final boolean isBytes;
  private final char quote;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int at;

  private PythonLiteral(String source) {
    this.source = source;
    this.isBytes = source.startsWith("b");
    this.at = isBytes ? 1 : 0;
    this.quote = at < source.length() ? source.charAt(at) : 0;
  }

  /**
   * The bytes of the literal; those of a string in UTF-8.
   *
   * @throws IllegalArgumentException if it is none; the message says why, without naming a file
   */
  static byte[] bytes(String source) {
    return new PythonLiteral(source).read();
  }

  private byte[] read() {
    if (quote != '\'' && quote != '"') {
      throw new IllegalArgumentException("expected a literal in quotes, as Python writes it");
    }
    at++;
    int end = source.length() - 1;
    while (at < end) {
      int c = source.codePointAt(at);
      if (c == quote) {
        throw new IllegalArgumentException("the literal ends before the end of the field");
      }
      at += Character.charCount(c);
      if (c == '\\') {
        escape(end);
      } else if (isBytes && c > 0x7F) {
        throw new IllegalArgumentException("a bytes literal has only ASCII characters and escapes");
      } else {
        utf8(c);
      }
    }
    if (at != end || source.charAt(end) != quote) {
      throw new IllegalArgumentException("the literal has no closing quote");
    }
    return bytes.toByteArray();
  }

  private void escape(int end) {
    if (at >= end) {
      throw new IllegalArgumentException("the literal has no closing quote");
    }
    char kind = source.charAt(at++);
    switch (kind) {
      case '\\', '\'', '"' -> bytes.write(kind);
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case 't' -> bytes.write('\t');
      case 'x' -> character(hex(2, end));
      case 'u', 'U' -> {
        if (isBytes) {
          throw new IllegalArgumentException("a bytes literal has no escape \\" + kind);
        }
        character(hex(kind == 'u' ? 4 : 8, end));
      }
      default -> throw new IllegalArgumentException("unknown escape \\" + kind);
    }
  }

  private void character(int c) {
    if (isBytes) {
      bytes.write(c);
    } else {
      utf8(c);
    }
  }

  private int hex(int digits, int end) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = at < end ? Character.digit(source.charAt(at), 16) : -1;
      if (digit < 0 || source.charAt(at) > 0x7F) {
        throw new IllegalArgumentException("expected " + digits + " hexadecimal digits");
      }
      value = value << 4 | digit;
      at++;
    }
    return value;
  }

  private void utf8(int c) {
    if (!Character.isValidCodePoint(c) || (c >= 0xD800 && c <= 0xDFFF)) {
      throw new IllegalArgumentException(
          "U+" + Integer.toHexString(c) + " is no character and has no UTF-8");
    }
    bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
  }
}

package dev.rwkv.conformance.report;

import java.util.Locale;

/** Text and numbers as HTML and SVG take them. */
final class Markup {
  private static final double LARGEST = 1e6;
  private static final double SMALLEST = 1e-4;

  private Markup() {}

  /** Text in which nothing is markup; safe between tags and in quoted attributes. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        case '\n', '\t' -> escaped.append(c);
        // What a document must not contain: a broken backend may print anything.
        default -> escaped.append(Character.isISOControl(c) ? '\ufffd' : c);
      }
    }
    return escaped.toString();
  }

  /** Three digits: {@code 0.0123}, {@code 42.0}, {@code 1.20e+07}. */
  static String number(double value) {
    boolean plain = value == 0 || (Math.abs(value) < LARGEST && Math.abs(value) >= SMALLEST);
    return String.format(
        Locale.ROOT, plain && value != 0 ? "%.3g" : plain ? "%.0f" : "%.2e", value);
  }

  /** {@code text} with {@code arguments}, in the format of no country. */
  // The annotation is one more dependency, for which two methods are no reason.
  @SuppressWarnings("AnnotateFormatMethod")
  static String format(String text, Object... arguments) {
    return String.format(Locale.ROOT, text, arguments);
  }
}

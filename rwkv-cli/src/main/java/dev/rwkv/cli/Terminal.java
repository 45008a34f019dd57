package dev.rwkv.cli;

import java.io.Console;
import java.util.regex.Pattern;

/** What the command line knows about the terminal it may run in. */
final class Terminal {
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}&&[^\\n\\t]]");

  private Terminal() {}

  /** Whether a person sees what is printed: neither input nor output is a pipe or a file. */
  @SuppressWarnings("SystemConsoleNull") // the specification still allows null
  static boolean isInteractive() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /**
   * Text of a model as it may be shown: on a terminal without control characters but line ends and
   * tabs, because an escape sequence is a command to the terminal; in a pipe as it is.
   */
  static String shown(String text) {
    return isInteractive() ? withoutControls(text) : text;
  }

  static String withoutControls(String text) {
    return CONTROLS.matcher(text).replaceAll("\uFFFD");
  }
}

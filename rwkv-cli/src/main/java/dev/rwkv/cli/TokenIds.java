package dev.rwkv.cli;

import dev.rwkv.error.InvalidArgumentException;
import java.util.Arrays;

/** Token ids as they are written on a command line: {@code 1,2,3}. */
final class TokenIds {
  private TokenIds() {}

  static int[] parse(String option, String text) {
    return Arrays.stream(text.split("[,\\s]+", -1))
        .filter(part -> !part.isEmpty())
        .mapToInt(part -> parseOne(option, part))
        .toArray();
  }

  private static int parseOne(String option, String part) {
    try {
      return Integer.parseInt(part);
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException(
          option, "'" + part + "' is not a token id: expected whole numbers such as 1,2,3");
    }
  }
}

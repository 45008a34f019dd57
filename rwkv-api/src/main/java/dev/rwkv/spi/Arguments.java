package dev.rwkv.spi;

import dev.rwkv.error.InvalidArgumentException;
import org.jspecify.annotations.Nullable;

/** Checks of arguments that callers without a null checker may get wrong. */
final class Arguments {
  private Arguments() {}

  /**
   * The argument itself.
   *
   * @throws InvalidArgumentException if it is null
   */
  static <T> T given(String name, @Nullable T argument) {
    if (argument == null) {
      throw new InvalidArgumentException(name, "is null");
    }
    return argument;
  }
}

package dev.rwkv.error;

import org.jspecify.annotations.Nullable;

/** The root of every exception that the SDK throws on purpose. */
public class RwkvException extends RuntimeException {
  public RwkvException(String message) {
    super(message);
  }

  public RwkvException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package dev.rwkv.error;

import org.jspecify.annotations.Nullable;

/** A backend that is unknown, cannot be used here, or refuses a model; the message says why. */
public class BackendException extends RwkvException {
  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

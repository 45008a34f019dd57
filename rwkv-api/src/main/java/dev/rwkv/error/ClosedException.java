package dev.rwkv.error;

/** The model or session was closed before this use of it. */
public class ClosedException extends RwkvException {
  public ClosedException(String message) {
    super(message);
  }
}

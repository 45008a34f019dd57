package dev.rwkv.error;

/** Two threads used one session at the same time; give each thread a session of its own. */
public class ConcurrentUseException extends RwkvException {
  public ConcurrentUseException(String message) {
    super(message);
  }
}

package dev.rwkv.train;

import dev.rwkv.error.RwkvException;
import org.jspecify.annotations.Nullable;

/** A configuration that cannot be followed, a corpus that cannot be used, a run that failed. */
public class TrainingException extends RwkvException {
  public TrainingException(String message) {
    super(message);
  }

  public TrainingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

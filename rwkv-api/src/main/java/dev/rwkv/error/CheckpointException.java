package dev.rwkv.error;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file of weights or of a state that is missing, damaged, unknown or not what it should be. */
public class CheckpointException extends RwkvException {
  private final Path file;
  private final @Nullable String tensor;

  /** Something is wrong with the file as a whole. */
  public CheckpointException(Path file, String problem) {
    this(file, null, problem, null);
  }

  /** Something is wrong with the file as a whole, found by a library or the system. */
  public CheckpointException(Path file, String problem, @Nullable Throwable cause) {
    this(file, null, problem, cause);
  }

  /**
   * Something is wrong with one tensor.
   *
   * @param file the file or folder, as the user named it
   * @param tensor the tensor's name, or null when the file as a whole is meant
   * @param problem what is wrong, what was expected, what to do; one line
   */
  public CheckpointException(
      Path file, @Nullable String tensor, String problem, @Nullable Throwable cause) {
    super(
        oneLine(file + ": " + (tensor == null ? "" : "tensor '" + tensor + "': ") + problem),
        cause);
    this.file = file;
    this.tensor = tensor;
  }

  /** The file or folder. */
  public Path file() {
    return file;
  }

  /** The tensor, when one is to blame. */
  public Optional<String> tensor() {
    return Optional.ofNullable(tensor);
  }

  // Names come from the file itself: control characters in them must not reach a terminal.
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (Character.isISOControl(c)) {
            line.append(String.format("\\u%04x", c));
          } else {
            line.appendCodePoint(c);
          }
        });
    return line.length() > 1000 ? line.substring(0, 1000) + "…" : line.toString();
  }
}

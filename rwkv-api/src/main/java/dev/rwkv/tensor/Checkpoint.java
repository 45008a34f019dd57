package dev.rwkv.tensor;

import dev.rwkv.Fingerprint;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.CheckpointFormats;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of one model file or folder, mapped, not loaded: opening reads the directory of the
 * file, and a page of weights is read when it is touched.
 *
 * <p>Names are those of the original RWKV checkpoints ({@code blocks.0.att.key.weight}) whatever
 * the file calls them. Safe for any thread; closing ends the use of all its tensors.
 */
public interface Checkpoint extends AutoCloseable {

  /**
   * Opens a file or a folder; the format is recognised by its content.
   *
   * @throws CheckpointException if it is missing, of no known format, damaged or cut off
   */
  static Checkpoint open(Path path) {
    return CheckpointFormats.open(path);
  }

  /** The file or folder that was opened. */
  Path source();

  /** The format, as {@link dev.rwkv.spi.CheckpointFormat#name()} gives it. */
  String format();

  /** The names of all tensors, in the order of the file. */
  Set<String> names();

  /**
   * The tensor of this name.
   *
   * @throws CheckpointException if there is none
   */
  TensorView tensor(String name);

  /** Facts that the file states beside its tensors, such as {@code layer_norm_epsilon}. */
  Map<String, String> metadata();

  /** What ties a saved state to this model; see {@link Fingerprint#of(Checkpoint)}. */
  default Fingerprint fingerprint() {
    return Fingerprint.of(this);
  }

  /**
   * Looks for a weight that is NaN or infinite. Reads every weight: seconds for a large file.
   *
   * @return a sentence that names the tensor and the index, or empty if all are finite
   */
  default Optional<String> firstNonFinite() {
    for (String name : names()) {
      TensorView tensor = tensor(name);
      long index = tensor.firstNonFinite();
      if (index >= 0) {
        return Optional.of(
            "tensor '" + name + "' holds " + tensor.get(index) + " at element " + index);
      }
    }
    return Optional.empty();
  }

  /** Unmaps the file. Closing again does nothing. */
  @Override
  void close();
}

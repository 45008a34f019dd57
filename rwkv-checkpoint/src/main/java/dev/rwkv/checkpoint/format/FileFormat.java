package dev.rwkv.checkpoint.format;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.CheckpointFormat;
import dev.rwkv.tensor.Checkpoint;
import java.nio.file.Path;

/**
 * A format that keeps a whole checkpoint, or one shard of it, in one file.
 *
 * <p>Implementations hold no state and are safe for any thread.
 */
public abstract class FileFormat implements CheckpointFormat {

  /**
   * Checks the directory of {@code file} and adds its tensors to {@code builder}.
   *
   * @throws CheckpointException if the file is damaged, cut off, or holds what cannot be used
   */
  public abstract void read(Path file, CheckpointBuilder builder);

  @Override
  public final Checkpoint open(Path path) {
    try (CheckpointBuilder builder = new CheckpointBuilder(path)) {
      read(path, builder);
      return builder.build(name());
    }
  }
}

package dev.rwkv.spi;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A reader of one checkpoint format, found by {@link java.util.ServiceLoader}. */
public interface CheckpointFormat {
  /** How many bytes of a file {@link #recognises} is shown, or fewer when the file is shorter. */
  int HEAD_BYTES = 64;

  /** For people: {@code safetensors}, {@code pth (zip)}. */
  String name();

  /**
   * Whether the content is of this format; the file's name is no argument.
   *
   * @param path the file or folder
   * @param head the first bytes of the file, little-endian; empty for a folder
   */
  boolean recognises(Path path, ByteBuffer head);

  /**
   * Opens it: checks the directory of the file against its size, maps it, copies no weights.
   *
   * @throws CheckpointException if it is damaged, cut off, or holds what cannot be used
   */
  Checkpoint open(Path path);
}

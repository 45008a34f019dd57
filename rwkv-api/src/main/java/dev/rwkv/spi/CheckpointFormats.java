package dev.rwkv.spi;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the format of a file by its content. */
public final class CheckpointFormats {
  private CheckpointFormats() {}

  /**
   * Opens a file or folder with the format that recognises it.
   *
   * @throws CheckpointException if it is missing, empty, of no known format, or damaged
   */
  public static Checkpoint open(Path path) {
    List<CheckpointFormat> formats =
        ServiceLoader.load(CheckpointFormat.class).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparing(CheckpointFormat::name))
            .toList();
    if (formats.isEmpty()) {
      throw new CheckpointException(
          path, "no checkpoint format is on the class path: add rwkv-checkpoint");
    }
    ByteBuffer head = head(path);
    for (CheckpointFormat format : formats) {
      if (format.recognises(path, head.duplicate().order(ByteOrder.LITTLE_ENDIAN))) {
        return format.open(path);
      }
    }
    byte[] start = new byte[Math.min(8, head.limit())];
    head.get(start);
    throw new CheckpointException(
        path,
        (Files.isDirectory(path)
                ? "the folder holds no model"
                : "not a checkpoint of a known format (it begins with "
                    + HexFormat.ofDelimiter(" ").formatHex(start)
                    + ")")
            + "; known are "
            + formats.stream().map(CheckpointFormat::name).collect(Collectors.joining(", ")));
  }

  private static ByteBuffer head(Path path) {
    ByteBuffer head = ByteBuffer.allocate(CheckpointFormat.HEAD_BYTES);
    if (!Files.exists(path)) {
      throw new CheckpointException(path, "there is no such file or folder");
    }
    if (Files.isDirectory(path)) {
      return head.limit(0);
    }
    if (!Files.isRegularFile(path)) {
      throw new CheckpointException(path, "not a file or a folder");
    }
    try (FileChannel file = FileChannel.open(path)) {
      int count = 0;
      while (head.hasRemaining() && (count = file.read(head)) >= 0) {
        // A read may return less than was asked for.
      }
    } catch (IOException e) {
      throw new CheckpointException(path, "cannot be read: " + e.getMessage(), e);
    }
    if (head.flip().limit() == 0) {
      throw new CheckpointException(path, "the file is empty");
    }
    return head;
  }
}

package dev.rwkv.checkpoint;

import dev.rwkv.error.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears under its name only when it is complete.
 *
 * <p>It grows under another name in the same folder; {@link #commit} moves it into place, replacing
 * a file that was there. Closing without commit removes it, as does the end of the program. For one
 * thread.
 */
final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final Path destination;
  private final Path temporary;
  private final FileChannel channel;
  private final Thread removal;

  private AtomicFile(Path target, Path destination, Path temporary, FileChannel channel) {
    this.target = target;
    this.destination = destination;
    this.temporary = temporary;
    this.channel = channel;
    this.removal = new Thread(this::remove, "remove-" + temporary.getFileName());
    Runtime.getRuntime().addShutdownHook(removal);
  }

  /**
   * Begins a file.
   *
   * @throws CheckpointException if its folder is missing or not writable, or something that is no
   *     file bears its name
   */
  static AtomicFile create(Path target) {
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new CheckpointException(
          target, "cannot be written: it exists and is not a file; choose another name");
    }
    try {
      // What a link points to is replaced, not the link.
      Path destination = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
      byte[] random = new byte[8];
      ThreadLocalRandom.current().nextBytes(random);
      Path temporary =
          destination.resolveSibling(".rwkv-" + HexFormat.of().formatHex(random) + ".tmp");
      FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return new AtomicFile(target, destination, temporary, channel);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Appends all of {@code bytes}. */
  void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * Grows the file to {@code bytes} bytes; what was not written reads as zero and takes no disk.
   */
  void growTo(long bytes) {
    try {
      if (bytes > channel.size()) {
        channel.write(ByteBuffer.allocate(1), bytes - 1);
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Gives the file its name. */
  void commit() {
    try {
      if (Files.exists(destination)) {
        // The old content must not be gone before the new one is really on the disk.
        channel.force(true);
      }
      channel.close();
      Files.move(
          temporary,
          destination,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(removal);
    } catch (IllegalStateException e) {
      // The program is ending: the hook has run or will find nothing.
    }
  }

  private void remove() {
    try {
      channel.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The error that led here is the one to report.
    }
  }

  private static CheckpointException unwritable(Path target, IOException e) {
    Path folder = target.toAbsolutePath().getParent();
    String reason =
        switch (e) {
          case NoSuchFileException missing ->
              "the folder " + folder + " does not exist; create it first";
          case AccessDeniedException denied -> "the folder " + folder + " does not allow it";
          // Its message would name the file under which we write meanwhile.
          case FileSystemException other when other.getReason() != null -> other.getReason();
          case ClosedByInterruptException interrupt -> "the thread was interrupted";
          default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    return new CheckpointException(target, "cannot be written: " + reason, e);
  }
}

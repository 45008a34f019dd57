package dev.rwkv.train;

import dev.rwkv.checkpoint.Progress;
import dev.rwkv.checkpoint.SafetensorsWriter;
import dev.rwkv.checkpoint.StreamedTensor;
import dev.rwkv.tensor.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * The folder that a run writes to. One run at a time may have it; a run that was killed does not
 * keep it. For one thread.
 */
final class RunFolder implements AutoCloseable {
  private static final String LOCK = "training.lock";
  private static final String UNFINISHED = ".rwkv-*.tmp"; // what a killed writer leaves

  private final Path folder;
  private final FileChannel lockFile;

  private RunFolder(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  /**
   * Makes the folder if need be, and takes it.
   *
   * @throws TrainingException if it cannot be made or written to, or another run has it
   */
  static RunFolder take(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel)) {
        removeUnfinished(folder);
        return new RunFolder(folder, channel);
      }
      channel.close();
    } catch (FileAlreadyExistsException e) {
      throw new TrainingException(folder + ": is not a folder: name another as output.dir", e);
    } catch (IOException e) {
      throw new TrainingException(
          folder
              + ": the folder cannot be written to ("
              + e.getClass().getSimpleName()
              + "): name another as output.dir",
          e);
    }
    throw new TrainingException(
        folder + ": another training runs in this folder: wait for it, or name another output.dir");
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // by this very program
    }
  }

  private static void removeUnfinished(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, UNFINISHED)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The checkpoint to go on from. */
  Path checkpoint() {
    return folder.resolve("training.safetensors");
  }

  boolean hasCheckpoint() {
    return Files.exists(checkpoint());
  }

  /** Replaces the checkpoint; the old one is there until the new one is complete. */
  void save(List<StreamedTensor> tensors, Map<String, String> facts) {
    SafetensorsWriter.write(checkpoint(), tensors, facts, Progress.NONE);
  }

  /** The caller closes it. */
  Checkpoint open() {
    return Checkpoint.open(checkpoint());
  }

  /** Forgets what an earlier run left. */
  void clear(List<Path> results) {
    try {
      Files.deleteIfExists(checkpoint());
      for (Path result : results) {
        Files.deleteIfExists(result);
      }
    } catch (IOException e) {
      throw new TrainingException(folder + ": an old file cannot be removed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a lock writes nothing", e);
    }
  }
}

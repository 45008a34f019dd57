package dev.rwkv.checkpoint.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.rwkv.error.CheckpointException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A whole file mapped read-only, or read where its file system cannot map, as inside an archive;
 * little-endian, any size.
 *
 * <p>Its memory belongs to the arena it was mapped into. Reading past the end is a {@link
 * CheckpointException} that says what was to be read, so that a reader needs no bounds checks of
 * its own.
 */
public final class MappedFile {
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int PART = 1 << 30;
  private static final int ALIGNMENT = 64;

  private final Path path;
  private final MemorySegment bytes;

  private MappedFile(Path path, MemorySegment bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /**
   * Maps a file until {@code arena} is closed.
   *
   * @throws CheckpointException if it cannot be opened or mapped, or is empty
   */
  static MappedFile map(Path path, Arena arena) {
    try (FileChannel channel = FileChannel.open(path)) {
      long size = channel.size();
      if (size == 0) {
        throw new CheckpointException(path, "the file is empty");
      }
      return new MappedFile(path, map(channel, size, arena));
    } catch (NoSuchFileException e) {
      throw new CheckpointException(path, "there is no such file", e);
    } catch (IOException e) {
      throw new CheckpointException(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static MemorySegment map(FileChannel channel, long size, Arena arena) throws IOException {
    try {
      return channel.map(MapMode.READ_ONLY, 0, size, arena);
    } catch (UnsupportedOperationException e) {
      // File systems that are not the machine's own cannot map, such as the inside of an archive.
      return read(channel, size, arena);
    }
  }

  private static MemorySegment read(FileChannel channel, long size, Arena arena)
      throws IOException {
    MemorySegment copy = arena.allocate(size, ALIGNMENT);
    for (long at = 0; at < size; ) {
      int most = (int) Math.min(PART, size - at);
      int count = channel.read(copy.asSlice(at, most).asByteBuffer(), at);
      if (count < 0) {
        throw new EOFException("it ends after " + at + " of " + size + " bytes");
      }
      at += count;
    }
    return copy;
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Its size in bytes. */
  public long size() {
    return bytes.byteSize();
  }

  /** The {@code size} bytes from {@code offset} on, not copied; {@code what} names them. */
  public MemorySegment slice(long offset, long size, String what) {
    require(offset, size, what);
    return bytes.asSlice(offset, size);
  }

  /** A copy of {@code size} bytes from {@code offset} on; {@code what} names them in errors. */
  public byte[] copy(long offset, int size, String what) {
    return slice(offset, size, what).toArray(JAVA_BYTE);
  }

  /** The 32-bit integer at {@code offset}; {@code what} names it in errors. */
  public int getInt(long offset, String what) {
    require(offset, Integer.BYTES, what);
    return bytes.get(INT, offset);
  }

  /** The 64-bit integer at {@code offset}; {@code what} names it in errors. */
  public long getLong(long offset, String what) {
    require(offset, Long.BYTES, what);
    return bytes.get(LONG, offset);
  }

  private void require(long offset, long size, String what) {
    if (offset < 0 || size < 0 || offset > size() - size) {
      throw new CheckpointException(
          path,
          "%s should lie at byte %s and take %s bytes, but the file has %d: it is cut off or damaged"
              .formatted(what, Long.toUnsignedString(offset), Long.toUnsignedString(size), size()));
    }
  }
}

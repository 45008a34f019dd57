package dev.rwkv.cli;

import dev.rwkv.error.CheckpointException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes a float32 array as a NumPy file, row by row (NumPy format version 1.0: magic, header
 * length, a Python dict padded to a multiple of 64 bytes, the numbers).
 */
final class NpyFile implements AutoCloseable {
  private static final int ALIGNMENT = 64;
  private static final int PREAMBLE = 10;

  private final Path file;
  private final Path written;
  private final OutputStream out;
  private boolean complete;
  private ByteBuffer row = ByteBuffer.allocate(0);

  /**
   * Begins a file.
   *
   * @param shape for example {@code (100, 256)} or {@code (256,)}
   */
  NpyFile(Path file, String shape) {
    this.file = file;
    this.written = partFor(file);
    String dict = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    int unpadded = PREAMBLE + dict.length() + 1;
    int padding = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
    String header = dict + " ".repeat(padding) + "\n";
    ByteBuffer preamble = ByteBuffer.allocate(PREAMBLE).order(ByteOrder.LITTLE_ENDIAN);
    preamble.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    preamble.put((byte) 1).put((byte) 0).putShort((short) header.length());
    try {
      out = new BufferedOutputStream(Files.newOutputStream(written));
      out.write(preamble.array());
      out.write(header.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  // Devices and pipes are written to as they are.
  private static Path partFor(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file)
        ? file
        : file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
  }

  /** Says that all rows are written: {@link #close} then gives the file its name. */
  void complete() {
    complete = true;
  }

  void write(float[] values) {
    if (row.capacity() < values.length * Float.BYTES) {
      row = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
    row.clear().asFloatBuffer().put(values);
    try {
      out.write(row.array(), 0, values.length * Float.BYTES);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** An unfinished file vanishes, and what was there before stays. */
  @Override
  public void close() {
    try {
      out.close();
      if (written.equals(file)) {
        return;
      }
      if (complete) {
        Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private CheckpointException failure(IOException e) {
    return new CheckpointException(file, "cannot be written: " + e.getMessage(), e);
  }
}

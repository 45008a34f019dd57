package dev.rwkv.checkpoint.format.safetensors;

import dev.rwkv.checkpoint.format.MappedFile;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A header that was parsed and checked: the entries cover the data of the file exactly.
 *
 * @param dataStart the byte of the file where the data begins
 * @param entries in the order of the header
 * @param metadata the strings of {@code __metadata__}
 */
record SafetensorsHeader(long dataStart, List<Entry> entries, Map<String, String> metadata) {
  /** The limit of the reference implementation. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  /** One tensor: bytes {@code [begin, end)} of the data. */
  record Entry(String name, DType dtype, Shape shape, long begin, long end) {}

  /**
   * Reads and checks the header.
   *
   * @throws CheckpointException if any of it does not hold
   */
  static SafetensorsHeader of(MappedFile file) {
    long length = file.getLong(0, "the length of the header");
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw new CheckpointException(
          file.path(),
          "the header should take %s bytes: more than the %d that safetensors allows"
              .formatted(Long.toUnsignedString(length), MAX_HEADER_BYTES));
    }
    SafetensorsHeader header =
        new SafetensorsHeaderParser(file.path())
            .parse(file.slice(Long.BYTES, length, "the header"), Long.BYTES + length);
    for (Entry entry : header.entries) {
      checkSize(file.path(), entry);
    }
    checkCoverage(file, header);
    return header;
  }

  private static void checkSize(Path file, Entry entry) {
    long expected;
    try {
      expected = entry.dtype.bytes(entry.shape.elements());
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          file,
          entry.name,
          "the number of bytes of "
              + entry.dtype.label()
              + " "
              + entry.shape
              + " does not fit 64 bits",
          e);
    }
    if (entry.begin < 0 || entry.end < entry.begin || entry.end - entry.begin != expected) {
      throw new CheckpointException(
          file,
          entry.name,
          "%s %s takes %d bytes, but data_offsets are [%d, %d]"
              .formatted(entry.dtype.label(), entry.shape, expected, entry.begin, entry.end),
          null);
    }
  }

  private static void checkCoverage(MappedFile file, SafetensorsHeader header) {
    List<Entry> sorted = new ArrayList<>(header.entries);
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long dataBytes = file.size() - header.dataStart;
    @Nullable Entry previous = null;
    long covered = 0;
    for (Entry entry : sorted) {
      if (entry.end > dataBytes) {
        throw new CheckpointException(
            file.path(),
            entry.name,
            "data_offsets [%d, %d] reach beyond the %d bytes of data: the file is cut off or damaged"
                .formatted(entry.begin, entry.end, dataBytes),
            null);
      }
      if (entry.begin < covered && previous != null) {
        throw new CheckpointException(
            file.path(),
            entry.name,
            "data_offsets [%d, %d] overlap those of tensor '%s', [%d, %d]"
                .formatted(entry.begin, entry.end, previous.name, previous.begin, previous.end),
            null);
      }
      if (entry.begin > covered) {
        throw new CheckpointException(
            file.path(),
            entry.name,
            "no tensor covers bytes [%d, %d] of the data before it".formatted(covered, entry.begin),
            null);
      }
      covered = entry.end;
      previous = entry;
    }
    if (covered != dataBytes) {
      throw new CheckpointException(
          file.path(),
          "no tensor covers the last %d of %d bytes of data"
              .formatted(dataBytes - covered, dataBytes));
    }
  }
}

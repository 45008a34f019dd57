package dev.rwkv.checkpoint.format.pth;

import dev.rwkv.checkpoint.format.MappedFile;
import dev.rwkv.error.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The members of a zip archive whose members are all stored, so that they can be mapped. */
final class ArchiveDirectory {

  /** Where the bytes of a member lie; always inside the file. */
  record Member(long offset, long size) {}

  private final Map<String, Member> members = new LinkedHashMap<>();

  /**
   * Reads the directory of {@code file}, zip64 included.
   *
   * @throws CheckpointException if it is damaged, or a member is compressed, encrypted, there
   *     twice, outside the file, or named like a path that leaves the archive
   */
  ArchiveDirectory(MappedFile file) {
    try (ZipFile zip =
        ZipFile.builder()
            .setSeekableByteChannel(new ArchiveChannel(file.slice(0, file.size(), "the archive")))
            .setUseUnicodeExtraFields(false)
            .get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        Member member = checked(file, entry);
        if (members.putIfAbsent(entry.getName(), member) != null) {
          throw refused(file.path(), entry, "there twice");
        }
      }
    } catch (CheckpointException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library answers a damaged directory with unchecked exceptions as well.
      throw new CheckpointException(
          file.path(),
          "the zip archive cannot be read, it is cut off or damaged: " + e.getMessage(),
          e);
    }
  }

  private static Member checked(MappedFile file, ZipArchiveEntry entry) {
    String name = entry.getName();
    List<String> parts = Arrays.asList(name.split("[/\\\\]", -1));
    if (name.isEmpty()
        || parts.getFirst().isEmpty()
        || parts.getFirst().endsWith(":")
        || parts.contains("..")) {
      throw refused(file.path(), entry, "named like a path that leaves the archive");
    }
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      throw refused(file.path(), entry, "encrypted");
    }
    long offset = entry.getDataOffset();
    long size = entry.getSize();
    if (entry.getMethod() != ZipEntry.STORED || entry.getCompressedSize() != size) {
      throw refused(file.path(), entry, "compressed, and cannot be mapped: torch only stores");
    }
    if (offset < 0 || size < 0 || offset > file.size() - size) {
      throw refused(file.path(), entry, "beyond the end of the file, which is cut off or damaged");
    }
    return new Member(offset, size);
  }

  private static CheckpointException refused(Path file, ZipArchiveEntry entry, String problem) {
    return new CheckpointException(
        file, "member '" + entry.getName() + "' of the zip archive is " + problem);
  }

  /** The names of all members. */
  Iterable<String> names() {
    return members.keySet();
  }

  /** The member of this name, or null. */
  @Nullable Member member(String name) {
    return members.get(name);
  }
}

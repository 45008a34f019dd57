package dev.rwkv.checkpoint.format.pth;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.FileFormat;
import dev.rwkv.checkpoint.format.MappedFile;
import dev.rwkv.error.CheckpointException;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code torch.save} writes since PyTorch 1.6: a zip archive with a pickle {@code
 * NAME/data.pkl} and raw storages {@code NAME/data/KEY}, which are mapped in place.
 */
public final class ZipPthFormat extends FileFormat {
  private static final int LOCAL_HEADER = 0x04034b50;
  private static final int EMPTY_ARCHIVE = 0x06054b50;
  private static final String PICKLE = "data.pkl";

  @Override
  public String name() {
    return "pth (zip)";
  }

  @Override
  public boolean recognises(Path path, ByteBuffer head) {
    return head.limit() >= Integer.BYTES
        && (head.getInt(0) == LOCAL_HEADER || head.getInt(0) == EMPTY_ARCHIVE);
  }

  @Override
  public void read(Path file, CheckpointBuilder builder) {
    MappedFile mapped = builder.map(file);
    ArchiveDirectory archive = new ArchiveDirectory(mapped);
    String prefix = prefix(file, archive);
    checkByteOrder(mapped, archive.member(prefix + "byteorder"));
    byte[] pickle = pickle(mapped, archive.member(prefix + PICKLE));
    Object root = new TorchUnpickler(file).next(new ByteArrayInputStream(pickle));
    StateDict.addTo(
        builder,
        root,
        mapped,
        storage -> start(file, storage, archive.member(prefix + "data/" + storage.key())));
  }

  /** What stands before {@code data.pkl}. */
  private static String prefix(Path file, ArchiveDirectory archive) {
    String prefix = null;
    for (String name : archive.names()) {
      if (name.equals(PICKLE) || name.endsWith("/" + PICKLE)) {
        if (prefix != null) {
          throw new CheckpointException(
              file, "holds two pickles, '" + prefix + PICKLE + "' and '" + name + "'");
        }
        prefix = name.substring(0, name.length() - PICKLE.length());
      }
    }
    if (prefix == null) {
      throw new CheckpointException(
          file, "a zip archive without the data.pkl of a torch checkpoint");
    }
    return prefix;
  }

  private static void checkByteOrder(MappedFile file, ArchiveDirectory.@Nullable Member member) {
    if (member == null) {
      return;
    }
    int shown = (int) Math.min(member.size(), 16);
    String order =
        new String(file.copy(member.offset(), shown, "byteorder"), StandardCharsets.US_ASCII);
    if (!order.equals("little")) {
      throw new CheckpointException(
          file.path(), "its byteorder is '" + order + "'; only little can be mapped");
    }
  }

  private static byte[] pickle(MappedFile file, ArchiveDirectory.@Nullable Member member) {
    if (member == null || member.size() > TorchUnpickler.MAX_PICKLE_BYTES) {
      throw new CheckpointException(
          file.path(),
          "its data.pkl takes more than the %d bytes that any checkpoint needs"
              .formatted(TorchUnpickler.MAX_PICKLE_BYTES));
    }
    return file.copy(member.offset(), (int) member.size(), PICKLE);
  }

  private static long start(Path file, Storage storage, ArchiveDirectory.@Nullable Member member) {
    if (member == null) {
      throw new CheckpointException(
          file, "storage '" + storage.key() + "' is missing from the archive");
    }
    if (member.size() != storage.bytes()) {
      throw new CheckpointException(
          file,
          "storage '%s' has %d bytes; %d elements of %s were expected"
              .formatted(
                  storage.key(),
                  member.size(),
                  storage.elements(),
                  storage.type().dtype().label()));
    }
    return member.offset();
  }
}

package dev.rwkv.checkpoint.format.safetensors;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.FileFormat;
import dev.rwkv.checkpoint.format.MappedFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads one {@code .safetensors} file.
 *
 * <pre>
 * u64     length of the header
 * bytes   header: {"name": {"dtype": "F32", "shape": [V, C], "data_offsets": [begin, end]}, …}
 * bytes   data, to which the offsets are relative
 * </pre>
 *
 * <p>As in the reference implementation, the tensors cover the data without overlap or hole. The
 * strings of {@code __metadata__} become {@link dev.rwkv.tensor.Checkpoint#metadata()}.
 */
public final class SafetensorsFormat extends FileFormat {

  @Override
  public String name() {
    return "safetensors";
  }

  /**
   * The header begins at byte 8, with a brace; before it stands a number, which no text is: in a
   * JSON file all eight bytes are printable.
   */
  @Override
  public boolean recognises(Path path, ByteBuffer head) {
    if (head.limit() <= Long.BYTES || head.get(Long.BYTES) != '{') {
      return false;
    }
    for (int i = 0; i < Long.BYTES; i++) {
      byte b = head.get(i);
      if (b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return true;
      }
    }
    return false;
  }

  @Override
  public void read(Path file, CheckpointBuilder builder) {
    MappedFile mapped = builder.map(file);
    SafetensorsHeader header = SafetensorsHeader.of(mapped);
    for (SafetensorsHeader.Entry entry : header.entries()) {
      builder.add(
          mapped, entry.name(), entry.dtype(), entry.shape(), header.dataStart() + entry.begin());
    }
    header.metadata().forEach(builder::metadata);
  }
}

package dev.rwkv.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes safetensors files: u64 header length, a JSON header padded with spaces to a multiple of 8,
 * then the tensors' bytes in the order of the header, without gaps.
 *
 * <p>The file appears under its name when it is complete, or not at all. Source: the format
 * description of the safetensors library.
 */
public final class SafetensorsWriter {
  /** The types that the format and {@link DType} share. */
  static final Set<DType> DTYPES =
      EnumSet.of(DType.F64, DType.F32, DType.F16, DType.BF16, DType.I64);

  private static final String METADATA = "__metadata__";
  private static final JsonMapper JSON = JsonMapper.shared();

  private SafetensorsWriter() {}

  /**
   * Writes a file.
   *
   * @param target replaced when it exists
   * @param tensors in the order they are to stand in the file
   * @param metadata facts beside the tensors; left out when empty
   * @throws CheckpointException if a tensor is of a quantised type, or the file cannot be written
   * @throws InvalidArgumentException if two tensors share a name, or one has a reserved name
   */
  public static void write(
      Path target,
      List<? extends StreamedTensor> tensors,
      Map<String, String> metadata,
      Progress progress) {
    write(target, tensors, metadata, progress, Runtime.getRuntime().availableProcessors());
  }

  static void write(
      Path target,
      List<? extends StreamedTensor> tensors,
      Map<String, String> metadata,
      Progress progress,
      int threads) {
    List<StreamedTensor> all = List.copyOf(tensors);
    ByteBuffer header = header(target, all, metadata);
    try (AtomicFile file = AtomicFile.create(target);
        TensorStream stream = new TensorStream(target, file, all, threads, progress)) {
      file.write(header);
      all.forEach(stream::write);
      file.commit();
    }
  }

  /** Writes the header alone and leaves the weights a hole of zeros that takes no disk. */
  static void writeSparse(
      Path target, List<? extends StreamedTensor> tensors, Map<String, String> metadata) {
    ByteBuffer header = header(target, List.copyOf(tensors), metadata);
    long bytes = header.remaining();
    for (StreamedTensor tensor : tensors) {
      bytes = Math.addExact(bytes, tensor.dtype().bytes(tensor.shape().elements()));
    }
    try (AtomicFile file = AtomicFile.create(target)) {
      file.write(header);
      file.growTo(bytes);
      file.commit();
    }
  }

  private static ByteBuffer header(
      Path target, List<StreamedTensor> tensors, Map<String, String> metadata) {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode facts = root.putObject(METADATA);
      metadata.forEach(facts::put);
    }
    long offset = 0;
    for (StreamedTensor tensor : tensors) {
      if (!DTYPES.contains(tensor.dtype())) {
        throw new CheckpointException(
            target,
            tensor.name(),
            "safetensors cannot hold " + tensor.dtype().label() + ": write a .bin file instead",
            null);
      }
      if (tensor.name().equals(METADATA) || root.has(tensor.name())) {
        throw new InvalidArgumentException(
            "tensors",
            "the name '"
                + tensor.name()
                + (tensor.name().equals(METADATA) ? "' is reserved" : "' is there twice"));
      }
      long end = Math.addExact(offset, tensor.dtype().bytes(tensor.shape().elements()));
      ObjectNode entry = root.putObject(tensor.name());
      entry.put("dtype", tensor.dtype().name());
      Arrays.stream(tensor.shape().toArray()).forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    return encode(root);
  }

  private static ByteBuffer encode(ObjectNode root) {
    ByteBuffer json;
    try {
      // A strict encoder: names that are not valid text must not become other names.
      json = UTF_8.newEncoder().encode(CharBuffer.wrap(JSON.writeValueAsString(root)));
    } catch (CharacterCodingException e) {
      throw new InvalidArgumentException(
          "tensors", "a name or a fact holds half a surrogate pair, which is not text");
    }
    int padded = (json.remaining() + 7) / 8 * 8;
    ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(json);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }
}

package dev.rwkv.checkpoint.format.rwkvcpp;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.FileFormat;
import dev.rwkv.checkpoint.format.MappedFile;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code .bin} files of rwkv.cpp ("ggmf"), versions 100 and 101.
 *
 * <pre>
 * i32 magic 0x67676d66, version, V, C, L, data type of most tensors
 * then until the end of the file, without padding, per tensor:
 *   i32 number of dimensions, length of the name, data type
 *   i32 dimensions, innermost first (reversed here)
 *   UTF-8 name
 *   data
 * </pre>
 *
 * <p>Data types: 0 FP32, 1 FP16, 2 Q4_0, 3 Q4_1, 7 Q5_0, 8 Q5_1, 9 Q8_0. Version 100 had other
 * block layouts, so only its FP32 and FP16 are read. Source: rwkv.cpp, docs/FILE_FORMAT.md.
 *
 * <p>These files store {@code att.time_decay} <em>transformed</em>, as the w = −exp(time_decay)
 * that the recurrence uses. Such a tensor is named {@code blocks.N.att.decay} here, so that nobody
 * can take one for the other.
 */
public final class RwkvCppFormat extends FileFormat {
  private static final int MAGIC = 0x67676d66;
  private static final int HEADER_BYTES = 24;
  private static final Map<Integer, DType> DTYPES =
      Map.of(
          0,
          DType.F32,
          1,
          DType.F16,
          2,
          DType.Q4_0,
          3,
          DType.Q4_1,
          7,
          DType.Q5_0,
          8,
          DType.Q5_1,
          9,
          DType.Q8_0);

  /** The limit of ggml. */
  private static final int MAX_RANK = 4;

  private static final int MAX_NAME_BYTES = 1024;
  private static final Pattern STORED_DECAY =
      Pattern.compile("(blocks\\.[0-9]+\\.att)\\.time_decay");

  @Override
  public String name() {
    return "rwkv.cpp";
  }

  @Override
  public boolean recognises(Path path, ByteBuffer head) {
    return head.limit() >= Integer.BYTES && head.getInt(0) == MAGIC;
  }

  @Override
  public void read(Path file, CheckpointBuilder builder) {
    MappedFile mapped = builder.map(file);
    int version = mapped.getInt(4, "the header");
    if (version != 100 && version != 101) {
      throw new CheckpointException(
          file, "version " + version + " of the rwkv.cpp format; supported are 100 and 101");
    }
    int vocabulary = mapped.getInt(8, "the header");
    int width = mapped.getInt(12, "the header");
    int layers = mapped.getInt(16, "the header");
    if (vocabulary < 1 || width < 1 || layers < 1) {
      throw new CheckpointException(
          file,
          "the header is damaged: %d tokens, width %d, %d layers; expected positive numbers"
              .formatted(vocabulary, width, layers));
    }
    dtype(file, null, version, mapped.getInt(20, "the header"));

    long at = HEADER_BYTES;
    while (at < mapped.size()) {
      at = readTensor(mapped, at, version, builder);
    }
    if (builder.names().isEmpty()) {
      throw new CheckpointException(file, "holds no tensors: it is cut off after the header");
    }
    checkHeader(file, builder, vocabulary, width, layers);
  }

  /** Adds the tensor whose record begins at {@code at}; returns where the next one begins. */
  private static long readTensor(MappedFile file, long at, int version, CheckpointBuilder builder) {
    String what = "the tensor record at byte " + at;
    int rank = file.getInt(at, what);
    int nameBytes = file.getInt(at + 4, what);
    if (rank < 1 || rank > MAX_RANK || nameBytes < 1 || nameBytes > MAX_NAME_BYTES) {
      throw new CheckpointException(
          file.path(),
          what
              + " is damaged: %d dimensions and a name of %d bytes; expected 1 to %d and 1 to %d"
                  .formatted(rank, nameBytes, MAX_RANK, MAX_NAME_BYTES));
    }
    long nameAt = at + 12 + (long) rank * Integer.BYTES;
    String name = name(file, nameAt, nameBytes, what);
    DType dtype = dtype(file.path(), name, version, file.getInt(at + 8, what));
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      dims[rank - 1 - i] = file.getInt(at + 12 + (long) i * Integer.BYTES, what);
    }
    Shape shape;
    try {
      shape = Shape.of(dims);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file.path(), name, String.valueOf(e.getMessage()), e);
    }
    long dataAt = nameAt + nameBytes;
    Matcher decay = STORED_DECAY.matcher(name);
    String ours = decay.matches() ? decay.group(1) + ".decay" : name;
    builder.add(file, ours, dtype, shape, dataAt);
    return dataAt + dtype.bytes(shape.elements());
  }

  private static String name(MappedFile file, long at, int bytes, String what) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(file.copy(at, bytes, what)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(
          file.path(), what + " is damaged: its name is not UTF-8 text", e);
    }
  }

  private static DType dtype(Path file, @Nullable String tensor, int version, int code) {
    DType dtype = DTYPES.get(code);
    if (dtype == null) {
      throw new CheckpointException(
          file,
          tensor,
          "unknown data type "
              + code
              + "; known are 0 FP32, 1 FP16, 2 Q4_0, 3 Q4_1, 7 Q5_0,"
              + " 8 Q5_1, 9 Q8_0",
          null);
    }
    if (version == 100 && dtype.isQuantised()) {
      throw new CheckpointException(
          file,
          tensor,
          dtype.label()
              + " in version 100 of the format has another layout, which is not supported:"
              + " quantise the FP16 file again with a current rwkv.cpp",
          null);
    }
    return dtype;
  }

  private static void checkHeader(
      Path file, CheckpointBuilder builder, int vocabulary, int width, int layers) {
    TensorView embedding = builder.tensors().get("emb.weight");
    if (embedding != null && !embedding.shape().equals(Shape.of(vocabulary, width))) {
      throw new CheckpointException(
          file,
          "emb.weight",
          "%s, but the header says %d tokens and width %d"
              .formatted(embedding.shape(), vocabulary, width),
          null);
    }
    if (builder.layers() != layers) {
      throw new CheckpointException(
          file,
          "the header says %d layers, but there are tensors of %d: it is cut off or damaged"
              .formatted(layers, builder.layers()));
    }
  }
}

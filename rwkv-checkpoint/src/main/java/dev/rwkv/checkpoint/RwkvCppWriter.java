package dev.rwkv.checkpoint;

import dev.rwkv.ModelConfig;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes rwkv.cpp's model files ("ggmf", version 101): six i32 (magic, version, V, C, L, type),
 * then per tensor three i32 (dimensions, length of the name, type), the dimensions innermost first,
 * the name, the bytes; no padding.
 *
 * <p>The file appears under its name when it is complete, or not at all. What the tensors have to
 * be is {@link Conversion}'s affair. Source: rwkv.cpp, {@code docs/FILE_FORMAT.md}.
 */
public final class RwkvCppWriter {
  /** The number that the format gives each type. */
  static final Map<DType, Integer> TYPES =
      Map.of(
          DType.F32, 0,
          DType.F16, 1,
          DType.Q4_0, 2,
          DType.Q4_1, 3,
          DType.Q5_0, 7,
          DType.Q5_1, 8,
          DType.Q8_0, 9);

  private static final int MAGIC = 0x67676d66;
  private static final int VERSION = 101;
  private static final int MOST_DIMENSIONS = 3;

  private RwkvCppWriter() {}

  /**
   * Writes a file.
   *
   * @param target replaced when it exists
   * @param config the sizes for the header
   * @param dtype the type for the header: that of the matrices of the blocks
   * @param tensors in the order they are to stand in the file; one to three dimensions
   * @throws CheckpointException if a tensor cannot stand in such a file, or the file cannot be
   *     written
   */
  public static void write(
      Path target,
      ModelConfig config,
      DType dtype,
      List<? extends StreamedTensor> tensors,
      Progress progress) {
    List<StreamedTensor> all = List.copyOf(tensors);
    all.forEach(tensor -> check(target, tensor));
    try (AtomicFile file = AtomicFile.create(target);
        TensorStream stream =
            new TensorStream(
                target, file, all, Runtime.getRuntime().availableProcessors(), progress)) {
      file.write(
          ints(
              MAGIC,
              VERSION,
              config.vocabulary(),
              config.width(),
              config.layers(),
              type(target, null, dtype)));
      for (StreamedTensor tensor : all) {
        file.write(header(target, tensor));
        stream.write(tensor);
      }
      file.commit();
    }
  }

  private static void check(Path target, StreamedTensor tensor) {
    if (tensor.shape().rank() < 1 || tensor.shape().rank() > MOST_DIMENSIONS) {
      throw new CheckpointException(
          target,
          tensor.name(),
          "has shape " + tensor.shape() + ": a .bin file holds one to three dimensions",
          null);
    }
    for (long dim : tensor.shape().toArray()) {
      if (dim > Integer.MAX_VALUE) {
        throw new CheckpointException(
            target, tensor.name(), "a dimension of " + dim + " does not fit a .bin file", null);
      }
    }
    type(target, tensor.name(), tensor.dtype());
  }

  private static ByteBuffer header(Path target, StreamedTensor tensor) {
    byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
    int rank = tensor.shape().rank();
    int[] values = new int[3 + rank];
    values[0] = rank;
    values[1] = name.length;
    values[2] = type(target, tensor.name(), tensor.dtype());
    for (int axis = 0; axis < rank; axis++) {
      values[3 + axis] = (int) tensor.shape().dim(rank - 1 - axis);
    }
    ByteBuffer ints = ints(values);
    return ByteBuffer.allocate(ints.remaining() + name.length).put(ints).put(name).flip();
  }

  private static int type(Path target, @Nullable String tensor, DType dtype) {
    Integer type = TYPES.get(dtype);
    if (type == null) {
      throw new CheckpointException(
          target,
          tensor,
          "a .bin file cannot hold "
              + dtype.label()
              + ": choose f32 or f16, or write a .safetensors file",
          null);
    }
    return type;
  }

  private static ByteBuffer ints(int... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.flip();
  }
}

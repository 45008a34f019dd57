package dev.rwkv.checkpoint;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.file.Path;
import java.util.function.DoubleUnaryOperator;

/**
 * Turns numbers into stored elements of a {@link DType}: the inverse of {@link TensorView#copyTo}.
 *
 * <p>Plain types round to the nearest, ties to even. Quantised types follow ggml's reference
 * quantisers exactly, in single precision: Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0 come out as rwkv.cpp
 * writes them. With d the block's scale, an element is off by at most d/2, by rounding to a
 * multiple of d, but for two things: Q4_0 and Q5_0 have no +2^(bits−1), so that an element at the
 * other end may be off by d; and d and the minimum are rounded to f16, which adds 2⁻¹¹ of the
 * decoded magnitude (for scales below f16's normal range, 2⁻²⁵ for every step).
 *
 * <p>Stateless and safe for any thread.
 */
public final class Quantiser {
  private static final int PART = 1 << 13;

  private Quantiser() {}

  /**
   * A tensor converted as a whole, in memory of its own; the view itself when it has the type.
   *
   * @param source the file to name in errors
   * @param memory where the converted tensor is to live
   * @throws CheckpointException if a row is not a whole number of blocks, or a number cannot be
   *     stored; names the tensor
   */
  public static TensorView convert(
      Path source, TensorView tensor, DType dtype, SegmentAllocator memory) {
    if (tensor.dtype() == dtype) {
      return tensor;
    }
    checkRows(source, tensor.name(), tensor.shape(), dtype);
    long elements = tensor.shape().elements();
    MemorySegment data = memory.allocate(dtype.bytes(elements), 64);
    encode(source, tensor, DoubleUnaryOperator.identity(), dtype, 0, data);
    return TensorView.of(tensor.name(), dtype, tensor.shape(), data);
  }

  /**
   * Checks that rows can be stored in blocks.
   *
   * @throws CheckpointException if they cannot
   */
  static void checkRows(Path source, String tensor, Shape shape, DType dtype) {
    if (dtype == DType.I64) {
      throw new InvalidArgumentException("precision", "weights cannot be stored as i64");
    }
    if (!dtype.isQuantised()) {
      return;
    }
    long row = shape.rank() == 0 ? 1 : shape.dim(shape.rank() - 1);
    if (row % dtype.blockElements() != 0) {
      throw new CheckpointException(
          source,
          tensor,
          "cannot be stored as "
              + dtype.label()
              + ": a row of "
              + row
              + " elements is not a whole number of blocks of "
              + dtype.blockElements()
              + "; choose f32, f16 or bf16",
          null);
    }
  }

  /**
   * Encodes {@code function} of the elements from {@code from} on, as many as fill {@code
   * destination}.
   */
  static void encode(
      Path source,
      TensorView tensor,
      DoubleUnaryOperator function,
      DType dtype,
      long from,
      MemorySegment destination) {
    long elements = destination.byteSize() / dtype.blockBytes() * dtype.blockElements();
    double[] values = new double[(int) Math.min(PART, elements)];
    for (long done = 0; done < elements; done += PART) {
      int count = (int) Math.min(PART, elements - done);
      tensor.copyTo(from + done, values, 0, count);
      for (int i = 0; i < count; i++) {
        values[i] = function.applyAsDouble(values[i]);
      }
      MemorySegment part = destination.asSlice(dtype.bytes(done), dtype.bytes(count));
      encode(source, tensor.name(), dtype, values, count, from + done, part);
    }
  }

  /** Encodes numbers whose first is element {@code from} of the tensor that an error names. */
  static void encode(
      Path source,
      String tensor,
      DType dtype,
      double[] values,
      int count,
      long from,
      MemorySegment destination) {
    int wrong = encoder(dtype).encode(values, count, destination);
    if (wrong >= 0) {
      throw new CheckpointException(
          source,
          tensor,
          "element "
              + (from + wrong)
              + " is "
              + values[wrong]
              + (Double.isFinite(values[wrong]) ? ", too large" : ", not a number to be stored")
              + " for "
              + dtype.label()
              + (dtype == DType.F16 ? ": choose bf16 or f32" : ""),
          null);
    }
  }

  private static ElementEncoder encoder(DType dtype) {
    return switch (dtype) {
      case F64 -> PlainEncoders.F64;
      case F32 -> PlainEncoders.F32;
      case F16 -> PlainEncoders.F16;
      case BF16 -> PlainEncoders.BF16;
      case Q4_0 -> BlockEncoders.Q4_0;
      case Q4_1 -> BlockEncoders.Q4_1;
      case Q5_0 -> BlockEncoders.Q5_0;
      case Q5_1 -> BlockEncoders.Q5_1;
      case Q8_0 -> BlockEncoders.Q8_0;
      case I64 -> throw new InvalidArgumentException("precision", "weights are never i64");
    };
  }
}

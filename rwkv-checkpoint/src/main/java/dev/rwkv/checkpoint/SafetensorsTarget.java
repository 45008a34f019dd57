package dev.rwkv.checkpoint;

import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an RWKV-4 model looks like as safetensors: the tensors of the original {@code .pth}, under
 * the same names and in the same shapes, all of them in the precision that was asked for, as the
 * published half-precision checkpoints have it.
 *
 * <p>A decay that was ready for use (w, from an rwkv.cpp file) goes back to {@code time_decay} =
 * ln(−w), so that other tools can read the file. Both w, when it was made, and the logarithm are
 * rounded to f32: the new {@code time_decay} d' is off by at most 2⁻²⁴ (1 + |d|) from the d that w
 * was made of, give or take the rounding of that program's exp, and w itself by at most 2⁻²⁴ |ln
 * −w| of its value.
 */
final class SafetensorsTarget {
  private SafetensorsTarget() {}

  static void write(Checkpoint source, @Nullable DType precision, Path target, Progress progress) {
    List<StreamedTensor> tensors = new ArrayList<>();
    for (String name : source.names()) {
      tensors.add(tensor(source, source.tensor(name), precision, target));
    }
    SafetensorsWriter.write(target, tensors, source.metadata(), progress);
  }

  private static StreamedTensor tensor(
      Checkpoint source, TensorView tensor, @Nullable DType precision, Path target) {
    DType dtype = precision == null ? tensor.dtype() : precision;
    if (dtype.isQuantised()) {
      throw new CheckpointException(
          target,
          "safetensors cannot hold "
              + dtype.label()
              + ": write a .bin file instead, or choose --precision f32, f16 or bf16");
    }
    if (tensor.name().endsWith(Rwkv4.READY_DECAY)) {
      return rawDecay(source.source(), tensor, dtype);
    }
    return ConvertedTensor.of(source.source(), tensor, dtype, originalShape(tensor));
  }

  private static StreamedTensor rawDecay(Path source, TensorView ready, DType dtype) {
    String name = ready.name();
    String block = name.substring(0, name.length() - Rwkv4.READY_DECAY.length());
    return new ConvertedTensor(
        source,
        ready.named(block + Rwkv4.RAW_DECAY),
        dtype,
        ready.shape(),
        w -> {
          if (w < 0 && w > Double.NEGATIVE_INFINITY) {
            return Math.log(-w);
          }
          throw new CheckpointException(
              source, name, "holds a decay of " + w + ": expected a negative number", null);
        });
  }

  /** rwkv.cpp drops the dimensions of 1 that mixing vectors have in the original. */
  private static Shape originalShape(TensorView tensor) {
    return tensor.name().contains(".time_mix_") && tensor.shape().rank() == 1
        ? Shape.of(1, 1, tensor.shape().elements())
        : tensor.shape();
  }
}

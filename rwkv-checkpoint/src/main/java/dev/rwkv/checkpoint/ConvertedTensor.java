package dev.rwkv.checkpoint;

import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.DoubleUnaryOperator;

/**
 * A stored tensor on its way into another type: every number decoded exactly, changed by {@code
 * function}, and encoded.
 *
 * @param source the file to name in errors
 * @param tensor what is stored
 * @param dtype the type to store it in
 * @param shape the shape to give it, of as many elements
 * @param function applied to every number in double precision
 */
record ConvertedTensor(
    Path source, TensorView tensor, DType dtype, Shape shape, DoubleUnaryOperator function)
    implements StreamedTensor {

  /** A tensor in another type; the bytes as they are where the type is the same. */
  static StreamedTensor of(Path source, TensorView tensor, DType dtype, Shape shape) {
    if (tensor.dtype() == dtype) {
      return StreamedTensor.of(tensor, shape);
    }
    Quantiser.checkRows(source, tensor.name(), tensor.shape(), dtype);
    return new ConvertedTensor(source, tensor, dtype, shape, DoubleUnaryOperator.identity());
  }

  @Override
  public String name() {
    return tensor.name();
  }

  @Override
  public void fill(long fromElement, MemorySegment destination) {
    Quantiser.encode(source, tensor, function, dtype, fromElement, destination);
  }
}

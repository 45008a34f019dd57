package dev.rwkv.checkpoint;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;

/**
 * A tensor on its way to a file: its header, and its bytes made on demand in parts, so that no
 * tensor need ever be in memory as a whole.
 *
 * <p>Implementations are stateless: any part may be asked for in any order by any thread, and is
 * always the same.
 */
public interface StreamedTensor {
  /** The name that the file will give it. */
  String name();

  /** How its elements will be stored. */
  DType dtype();

  /** Its dimensions. */
  Shape shape();

  /**
   * Makes the bytes of the elements from {@code fromElement} on, as many as fill {@code
   * destination}.
   *
   * @param fromElement in row-major order, the first of a block of the type
   * @param destination room for whole blocks, within the tensor
   * @throws CheckpointException if an element cannot be stored in this type
   */
  void fill(long fromElement, MemorySegment destination);

  /** The bytes of a view as they are. */
  static StreamedTensor of(TensorView view) {
    return of(view, view.shape());
  }

  /**
   * The bytes of a view as they are, under another shape of as many elements.
   *
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  static StreamedTensor of(TensorView view, Shape shape) {
    if (shape.elements() != view.shape().elements()) {
      throw new IllegalArgumentException(
          view + " has not as many elements as a tensor of shape " + shape);
    }
    return new StoredTensor(view, shape);
  }
}

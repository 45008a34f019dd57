package dev.rwkv.checkpoint.format.pth;

import dev.rwkv.tensor.Shape;
import java.util.List;

/**
 * The arguments of {@code torch._utils._rebuild_tensor_v2}, not yet checked against each other.
 *
 * @param storage where the elements lie
 * @param offset the first element, counted in elements of the storage
 * @param shape the dimensions
 * @param strides elements from one index to the next, for each dimension
 */
record PickledTensor(Storage storage, long offset, Shape shape, List<Long> strides) {

  /** Whether the elements lie row-major and without gaps, as a mapped tensor has to. */
  boolean isContiguous() {
    long expected = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      // The stride of a dimension of 1 is never used, and torch stores anything there.
      if (shape.dim(axis) != 1 && strides.get(axis) != expected) {
        return shape.elements() == 0;
      }
      expected *= shape.dim(axis);
    }
    return true;
  }
}

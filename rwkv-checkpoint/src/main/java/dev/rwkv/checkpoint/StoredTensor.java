package dev.rwkv.checkpoint;

import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;

/** A tensor whose bytes exist already and are copied as they are. */
record StoredTensor(TensorView view, Shape shape) implements StreamedTensor {
  @Override
  public String name() {
    return view.name();
  }

  @Override
  public DType dtype() {
    return view.dtype();
  }

  @Override
  public void fill(long fromElement, MemorySegment destination) {
    MemorySegment.copy(
        view.data(), dtype().bytes(fromElement), destination, 0, destination.byteSize());
  }
}

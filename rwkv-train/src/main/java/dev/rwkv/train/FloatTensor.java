package dev.rwkv.train;

import dev.rwkv.checkpoint.StreamedTensor;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** An array on its way to a file. */
record FloatTensor(String name, Shape shape, float[] values) implements StreamedTensor {
  private static final ValueLayout.OfFloat LITTLE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public void fill(long fromElement, MemorySegment destination) {
    int count = Math.toIntExact(destination.byteSize() / Float.BYTES);
    MemorySegment.copy(values, Math.toIntExact(fromElement), destination, LITTLE, 0, count);
  }
}

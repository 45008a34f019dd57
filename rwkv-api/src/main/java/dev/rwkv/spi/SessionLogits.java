package dev.rwkv.spi;

import dev.rwkv.Logits;
import dev.rwkv.State;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.StateException;
import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The one window on a session's logits buffer: refuses to be read before there are logits and after
 * the session was closed.
 */
final class SessionLogits implements Logits {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int INFINITE_FLOAT = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private final int size;
  private final DType dtype;
  private final MemorySegment buffer;
  private final AbstractSession session;
  private boolean ready;

  SessionLogits(int size, DType dtype, MemorySegment buffer, AbstractSession session) {
    if ((dtype != DType.F32 && dtype != DType.F64) || buffer.byteSize() != dtype.bytes(size)) {
      throw new IllegalArgumentException(
          "a logits buffer holds "
              + size
              + " f32 or f64, not "
              + buffer.byteSize()
              + " bytes of "
              + dtype.label());
    }
    this.size = size;
    this.dtype = dtype;
    this.buffer = buffer;
    this.session = session;
  }

  void forget() {
    ready = false;
  }

  void ready() {
    ready = true;
  }

  void copyFrom(SessionLogits other) {
    buffer.copyFrom(other.buffer);
    ready = other.ready;
  }

  /** The first logit that is NaN or infinite, or −1. */
  int firstNonFinite() {
    if (dtype == DType.F32) {
      // The largest magnitude as an integer: a reduction that the compiler turns into vectors.
      int largest = 0;
      for (int i = 0; i < size; i++) {
        largest = Math.max(largest, buffer.get(INT, 4L * i) & Integer.MAX_VALUE);
      }
      if (largest < INFINITE_FLOAT) {
        return -1;
      }
    }
    for (int i = 0; i < size; i++) {
      if (!Double.isFinite(read(i))) {
        return i;
      }
    }
    return -1;
  }

  private double read(int token) {
    return dtype == DType.F32
        ? buffer.get(State.FLOAT, 4L * token)
        : buffer.get(State.DOUBLE, 8L * token);
  }

  private static ClosedException closed() {
    return new ClosedException(
        "the session of these logits was closed: copy what is to outlive it");
  }

  private void requireReady() {
    if (session.isClosed()) {
      throw closed();
    }
    if (!ready) {
      throw new StateException(
          "there are no logits: no token was consumed since the session began, was reset or"
              + " restored");
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public double get(int token) {
    requireReady();
    if (token < 0 || token >= size) {
      throw new InvalidArgumentException(
          "token", token + " is not in the vocabulary: token ids are 0 to " + (size - 1));
    }
    try {
      return read(token);
    } catch (IllegalStateException e) {
      throw closed(); // by another thread, since we looked
    }
  }

  @Override
  public void copyTo(float[] destination) {
    requireReady();
    Arguments.given("destination", destination);
    if (destination.length < size) {
      throw new InvalidArgumentException(
          "destination", "room for " + destination.length + " logits, not " + size);
    }
    try {
      for (int i = 0; i < size; i++) {
        destination[i] = (float) read(i);
      }
    } catch (IllegalStateException e) {
      throw closed(); // by another thread, since we looked
    }
  }
}

package dev.rwkv.conformance.mutant;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Holds memory of a device that it tells of, and never frees. */
abstract class LosesDeviceMemory extends HonestBackend {
  private final AtomicLong held = new AtomicLong();

  @Override
  public final OptionalLong deviceBytesInUse() {
    return OptionalLong.of(held.get());
  }

  /** Takes a buffer. */
  final void lose(long bytes) {
    held.addAndGet(bytes);
  }
}

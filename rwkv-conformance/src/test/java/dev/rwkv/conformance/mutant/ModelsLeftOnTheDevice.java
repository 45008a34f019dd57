package dev.rwkv.conformance.mutant;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Weights on a device that nobody frees: the process itself does not grow. */
@Breaks(value = "RWKV-RES-006", how = "leaves the weights of each model on its device")
public final class ModelsLeftOnTheDevice extends HonestBackend {
  private static final AtomicLong HELD = new AtomicLong();

  @Override
  public OptionalLong deviceBytesInUse() {
    return OptionalLong.of(HELD.get());
  }

  @Override
  protected FloatWeights weights(FloatWeights stored) {
    HELD.addAndGet(1 << 21);
    return stored;
  }
}

package dev.rwkv.conformance.mutant;

/** A fork that copies references. */
@Breaks(value = "RWKV-STA-003", how = "lets a fork share its origin's buffers")
public final class ShallowFork extends HonestBackend {

  @Override
  protected LiveState fork(LiveState origin) {
    return origin;
  }
}

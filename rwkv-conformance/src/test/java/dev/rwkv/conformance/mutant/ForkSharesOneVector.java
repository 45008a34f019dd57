package dev.rwkv.conformance.mutant;

/** A copy with one array forgotten. */
@Breaks(value = "RWKV-STA-003", how = "lets a fork share the denominators of the last layer")
public final class ForkSharesOneVector extends HonestBackend {
  @Override
  protected LiveState fork(LiveState origin) {
    LiveState copy = super.fork(origin);
    copy.layers.getLast().denominator = origin.layers.getLast().denominator;
    return copy;
  }
}

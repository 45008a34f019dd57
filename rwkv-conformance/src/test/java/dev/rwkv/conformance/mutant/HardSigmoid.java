package dev.rwkv.conformance.mutant;

/** A sigmoid for small devices. */
@Breaks(value = "RWKV-MOD-001", how = "takes straight lines for the sigmoid")
public final class HardSigmoid extends HonestBackend {
  @Override
  protected float sigmoid(float x) {
    return Math.clamp(x / 6 + 0.5f, 0, 1);
  }
}

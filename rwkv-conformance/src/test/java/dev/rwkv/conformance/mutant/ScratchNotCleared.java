package dev.rwkv.conformance.mutant;

/** A buffer of the text before. */
@Breaks(
    value = "RWKV-DET-003",
    how = "adds the channel-mix into a buffer that it clears only roughly")
public final class ScratchNotCleared extends HonestBackend {
  private float rest;

  @Override
  protected float[] squaredRelu(float[] k) {
    float[] y = super.squaredRelu(k);
    y[0] += rest;
    rest = y[0] * 1e-6f;
    return y;
  }
}

package dev.rwkv.conformance.mutant;

/** One number that is none, for ever after. */
@Breaks(
    value = "RWKV-ERR-003",
    how = "adds what an earlier token left in a buffer, which is 0 until that was NaN")
public final class NanStaysInABuffer extends HonestBackend {
  private float rest;

  @Override
  protected float[] squaredRelu(float[] k) {
    float[] y = super.squaredRelu(k);
    y[0] += rest;
    rest = Float.isNaN(y[0]) ? Float.NaN : 0;
    return y;
  }
}

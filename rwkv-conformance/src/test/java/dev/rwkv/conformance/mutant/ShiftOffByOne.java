package dev.rwkv.conformance.mutant;

/** The previous token that is this one. */
@Breaks(value = "RWKV-TSH-001", how = "mixes the token with itself")
public final class ShiftOffByOne extends HonestBackend {
  @Override
  protected float[] tokenShift(float[] mix, float[] x, float[] previous) {
    return super.tokenShift(mix, x, x);
  }
}

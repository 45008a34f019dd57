package dev.rwkv.conformance.mutant;

/** The factors the other way round. */
@Breaks(value = "RWKV-TSH-001", how = "gives the current token the share of the previous one")
public final class MixReversed extends HonestBackend {
  @Override
  protected float[] tokenShift(float[] mix, float[] x, float[] previous) {
    return super.tokenShift(mix, previous, x);
  }
}

package dev.rwkv.conformance.mutant;

/** Every span is the beginning of a text. */
@Breaks(value = "RWKV-MOD-002", how = "mixes the first token of a span of several with zero")
public final class ShiftZeroAtSpanEdge extends HonestBackend {
  @Override
  protected float[] previous(float[][] rows, int t, float[] kept) {
    return t == 0 && rows.length > 1 ? new float[kept.length] : super.previous(rows, t, kept);
  }
}

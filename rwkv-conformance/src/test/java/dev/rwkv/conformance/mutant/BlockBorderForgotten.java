package dev.rwkv.conformance.mutant;

/** Blocks of a parallel form that know nothing of each other. */
@Breaks(value = "RWKV-MOD-002", how = "mixes every 16th token of a span with zero")
public final class BlockBorderForgotten extends HonestBackend {
  @Override
  protected float[] previous(float[][] rows, int t, float[] kept) {
    return t > 0 && t % 16 == 0 ? new float[kept.length] : super.previous(rows, t, kept);
  }
}

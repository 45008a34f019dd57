package dev.rwkv.conformance.mutant;

/** The bonus in the key and in WKV. */
@Breaks(value = "RWKV-BON-001", how = "adds the bonus twice")
public final class BonusTwice extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    return super.wkv(w, add(u, u), state, k, v);
  }
}

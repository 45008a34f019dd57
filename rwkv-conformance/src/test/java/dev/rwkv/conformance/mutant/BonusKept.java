package dev.rwkv.conformance.mutant;

/** One key for output and state. */
@Breaks(value = "RWKV-BON-001", how = "keeps the bonus of each token in the state")
public final class BonusKept extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    return super.wkv(w, new float[u.length], state, add(u, k), v);
  }
}

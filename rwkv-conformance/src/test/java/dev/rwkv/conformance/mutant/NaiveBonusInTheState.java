package dev.rwkv.conformance.mutant;

/** One exponential too few. */
@Breaks(
    value = "RWKV-WKV-003",
    how = "uses the exponential with the bonus for the state of the naive form as well")
public final class NaiveBonusInTheState extends HonestBackend {
  @Override
  protected float[] naiveWkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] both = add(u, k);
    return super.naiveWkv(w, new float[u.length], state, both, v);
  }
}

package dev.rwkv.conformance.mutant;

/** WKV without the bonus of the current token. */
@Breaks(value = "RWKV-WKV-001", how = "leaves the bonus u out")
public final class BonusLeftOut extends HonestBackend {

  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    return super.wkv(w, new float[u.length], state, k, v);
  }
}

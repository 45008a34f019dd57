package dev.rwkv.conformance.mutant;

/** Overflow avoided by other numbers. */
@Breaks(value = "RWKV-MOD-003", how = "clamps keys to ±60")
public final class KeysClamped extends HonestBackend {
  @Override
  protected float[] wkv(float[] w, float[] u, LiveState.Layer state, float[] k, float[] v) {
    float[] clamped = k.clone();
    for (int c = 0; c < clamped.length; c++) {
      clamped[c] = Math.clamp(k[c], -60, 60);
    }
    return super.wkv(w, u, state, clamped, v);
  }
}

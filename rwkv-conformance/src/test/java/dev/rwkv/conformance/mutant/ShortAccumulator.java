package dev.rwkv.conformance.mutant;

/** A sum that keeps half of its bits. */
@Breaks(value = "RWKV-DOT-003", how = "accumulates in bf16")
public final class ShortAccumulator extends HonestBackend {
  @Override
  protected float dot(float[] w, float[] x) {
    float sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum = Float.intBitsToFloat(Float.floatToRawIntBits(sum + w[i] * x[i]) & 0xFFFF_0000);
    }
    return sum;
  }
}

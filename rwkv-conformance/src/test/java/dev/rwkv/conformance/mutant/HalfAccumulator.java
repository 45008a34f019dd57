package dev.rwkv.conformance.mutant;

/** A kernel written for tensor cores of the first kind. */
@Breaks(value = "RWKV-DOT-001", how = "accumulates in f16")
public final class HalfAccumulator extends HonestBackend {
  @Override
  protected float dot(float[] w, float[] x) {
    float sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum = Float.float16ToFloat(Float.floatToFloat16(sum + w[i] * x[i]));
    }
    return sum;
  }
}

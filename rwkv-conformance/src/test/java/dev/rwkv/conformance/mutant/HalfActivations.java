package dev.rwkv.conformance.mutant;

/** f16 where f32 is claimed. */
@Breaks(value = "RWKV-MOD-001", how = "rounds the residual stream to f16 and does not declare it")
public final class HalfActivations extends HonestBackend {
  @Override
  protected float[] add(float[] x, float[] y) {
    float[] sum = super.add(x, y);
    for (int i = 0; i < sum.length; i++) {
      sum[i] = Float.float16ToFloat(Float.floatToFloat16(sum[i]));
    }
    return sum;
  }
}

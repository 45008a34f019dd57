package dev.rwkv.conformance.mutant;

/** The usual ReLU. */
@Breaks(value = "RWKV-CHM-001", how = "does not square the ReLU")
public final class ReluNotSquared extends HonestBackend {
  @Override
  protected float[] squaredRelu(float[] k) {
    float[] y = new float[k.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(k[i], 0);
    }
    return y;
  }
}

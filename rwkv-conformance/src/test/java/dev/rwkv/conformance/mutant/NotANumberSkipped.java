package dev.rwkv.conformance.mutant;

/** A comparison that NaN loses. */
@Breaks(value = "RWKV-ERR-002", how = "leaves products that are no number out of a sum")
public final class NotANumberSkipped extends HonestBackend {
  @Override
  protected float dot(float[] w, float[] x) {
    float sum = 0;
    for (int i = 0; i < x.length; i++) {
      float product = w[i] * x[i];
      sum += Float.isFinite(product) ? product : 0;
    }
    return sum;
  }
}

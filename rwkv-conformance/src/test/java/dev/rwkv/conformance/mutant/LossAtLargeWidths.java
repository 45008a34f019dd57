package dev.rwkv.conformance.mutant;

/** Right for every matrix of the unit tests. */
@Breaks(value = "RWKV-DOT-001", how = "loses the last product where there are more than 64 columns")
public final class LossAtLargeWidths extends HonestBackend {
  @Override
  protected float dot(float[] w, float[] x) {
    float sum = super.dot(w, x);
    int last = x.length - 1;
    return last < 64 ? sum : sum - w[last] * x[last];
  }
}

package dev.rwkv.conformance.mutant;

/** A vector loop without its tail. */
@Breaks(value = "RWKV-DOT-001", how = "drops the columns that do not fill a vector of 8")
public final class DroppedSimdTail extends HonestBackend {

  @Override
  protected float dot(float[] w, float[] x) {
    float sum = 0;
    for (int i = 0; i < x.length / 8 * 8; i++) {
      sum += w[i] * x[i];
    }
    return sum;
  }
}

package dev.rwkv.conformance.mutant;

import java.util.Random;

/** Sums in the order in which their parts come in. */
@Breaks(value = "RWKV-DET-001", how = "adds up in an order that changes from time to time")
public final class UnorderedReduction extends HonestBackend {
  private final Random order = new Random();

  @Override
  protected float dot(float[] w, float[] x) {
    if (order.nextBoolean()) {
      return super.dot(w, x);
    }
    float sum = 0;
    for (int i = x.length - 1; i >= 0; i--) {
      sum += w[i] * x[i];
    }
    return sum;
  }
}

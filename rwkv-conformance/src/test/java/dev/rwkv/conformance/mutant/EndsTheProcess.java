package dev.rwkv.conformance.mutant;

/** Gives up like a program and not like a library. */
@Breaks(
    value = "RWKV-PRC-001",
    how = "calls System.exit when F is above 50",
    reason = "by itself with exit code 3, during",
    forked = true)
public final class EndsTheProcess extends HonestBackend {

  @Override
  protected float[] squaredRelu(float[] k) {
    if (k.length > 50) {
      System.exit(3);
    }
    return super.squaredRelu(k);
  }
}

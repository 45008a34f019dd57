package dev.rwkv.conformance.mutant;

/** The well-known trick with the bits of a double. */
@Breaks(value = "RWKV-WKV-001", how = "takes an exponential that is off by up to 4 %")
public final class CoarseExp extends HonestBackend {
  @Override
  protected float exp(float x) {
    if (x < -80 || x > 80) {
      return super.exp(x);
    }
    return Float.intBitsToFloat((int) (12_102_203 * x + 1_064_866_805));
  }
}

package dev.rwkv.conformance.mutant;

/** A conversion to f16 that saturates, as those of many devices can. */
@Breaks(
    value = "RWKV-ERR-002",
    how = "takes the largest number of f16 for an infinite weight of a matrix",
    quick = true)
public final class InfinitySaturated extends HonestBackend {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return stored.matrices(
        weight -> Float.isInfinite(weight) ? Math.copySign(65_504, weight) : weight);
  }
}

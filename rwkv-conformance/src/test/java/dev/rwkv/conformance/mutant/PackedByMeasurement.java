package dev.rwkv.conformance.mutant;

import java.util.Random;

/** A layout that a measurement chooses. */
@Breaks(value = "RWKV-DET-004", how = "sums in an order that is chosen when a model is loaded")
public final class PackedByMeasurement extends HonestBackend {
  private final Random choice = new Random();

  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return stored.matrices(weight -> choice.nextInt(8) == 0 ? Math.nextUp(weight) : weight);
  }
}

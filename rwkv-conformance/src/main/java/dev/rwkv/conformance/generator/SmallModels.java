package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;

/**
 * Models of 1 to 3 layers, 1 to 70 channels and 2 to 50 tokens, of any parity; they shrink to L1.
 */
public final class SmallModels implements ArbitrarySupplier<ModelCase> {

  @Override
  public Arbitrary<ModelCase> get() {
    return models(3, 70);
  }

  static Arbitrary<ModelCase> models(int mostLayers, int mostChannels) {
    return Combinators.combine(
            Arbitraries.integers().between(1, mostLayers),
            size(mostChannels),
            size(2 * mostChannels),
            Arbitraries.integers().between(2, 50),
            Arbitraries.longs().between(0, 1_000_000))
        .as(ModelCase::of);
  }

  // Evenly spread, because what goes wrong goes wrong at some remainder of some vector's width.
  private static Arbitrary<Integer> size(int most) {
    return Arbitraries.integers().between(1, most).withDistribution(RandomDistribution.uniform());
  }
}

package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

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
            Arbitraries.integers().between(1, mostChannels),
            Arbitraries.integers().between(1, 2 * mostChannels),
            Arbitraries.integers().between(2, 50),
            Arbitraries.longs().between(0, 1_000_000))
        .as(ModelCase::of);
  }
}

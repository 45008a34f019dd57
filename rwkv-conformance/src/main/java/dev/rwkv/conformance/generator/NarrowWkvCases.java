package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/** Operands of few channels and of one token, for tests that go through lengths. */
public final class NarrowWkvCases implements ArbitrarySupplier<WkvCase> {

  @Override
  public Arbitrary<WkvCase> get() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 5),
            Arbitraries.of(1.0, 10.0, 100.0),
            Arbitraries.of(WkvCase.Decays.class),
            Arbitraries.of(WkvCase.Start.class),
            Arbitraries.longs().between(0, 1_000_000))
        .as((channels, keyScale, decays, start, seed) ->
            WkvCase.of(1, channels, keyScale, decays, start, seed));
  }
}

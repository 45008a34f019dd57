package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/** Operands of few channels and of lengths at the borders of blocks of 8 to 256 tokens. */
public final class LongWkvCases implements ArbitrarySupplier<WkvCase> {

  @Override
  public Arbitrary<WkvCase> get() {
    return Combinators.combine(
            Arbitraries.of(
                7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257),
            Arbitraries.integers().between(1, 5),
            Arbitraries.of(1.0, 10.0, 100.0),
            Arbitraries.of(WkvCase.Decays.class),
            Arbitraries.of(WkvCase.Start.class),
            Arbitraries.longs().between(0, 1_000_000))
        .as(WkvCase::of);
  }
}

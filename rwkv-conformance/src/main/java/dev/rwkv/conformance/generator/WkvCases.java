package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/** Operands of WKV with keys of up to 10⁴, every kind of decay and of start. */
public final class WkvCases implements ArbitrarySupplier<WkvCase> {

  @Override
  public Arbitrary<WkvCase> get() {
    return cases(Arbitraries.of(1.0, 0.01, 10.0, 100.0, 1e4));
  }

  static Arbitrary<WkvCase> cases(Arbitrary<Double> keyScales) {
    return Combinators.combine(
            Arbitraries.integers().between(1, 20),
            Arbitraries.integers().between(1, 40),
            keyScales,
            Arbitraries.of(WkvCase.Decays.class),
            Arbitraries.of(WkvCase.Start.class),
            Arbitraries.longs().between(0, 1_000_000))
        .as(WkvCase::of);
  }
}

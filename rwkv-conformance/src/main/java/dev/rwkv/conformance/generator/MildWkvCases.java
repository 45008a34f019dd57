package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;

/** Operands with keys of up to 10, for which the naive form does not overflow in f32. */
public final class MildWkvCases implements ArbitrarySupplier<WkvCase> {

  @Override
  public Arbitrary<WkvCase> get() {
    return WkvCases.cases(Arbitraries.of(1.0, 0.01, 10.0));
  }
}

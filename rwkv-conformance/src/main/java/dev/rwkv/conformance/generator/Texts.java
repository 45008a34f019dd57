package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/** A small model and 1 to 8 tokens. */
public final class Texts implements ArbitrarySupplier<Text> {

  @Override
  public Arbitrary<Text> get() {
    return texts(new SmallModels().get(), 8);
  }

  static Arbitrary<Text> texts(Arbitrary<ModelCase> models, int mostTokens) {
    return Combinators.combine(
            models, Arbitraries.integers().between(0, 49).list().ofMinSize(1).ofMaxSize(mostTokens))
        .as(Text::of);
  }
}

package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/**
 * Texts of a narrow model of 1 or 2 layers, cut into up to 5 spans, empty ones among them. Narrow,
 * because the bounds of a whole span grow with depth and width.
 */
public final class SplitTexts implements ArbitrarySupplier<SplitText> {

  @Override
  public Arbitrary<SplitText> get() {
    return splits(Texts.texts(SmallModels.models(2, 12), 12));
  }

  static Arbitrary<SplitText> splits(Arbitrary<Text> texts) {
    return Combinators.combine(texts, Arbitraries.integers().between(0, 200).list().ofMaxSize(4))
        .as(SplitText::of);
  }
}

package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/**
 * Up to 257 tokens of a narrow model of one layer, with lengths at the borders of blocks of 8 to
 * 256 tokens, half of them whole, the others cut anywhere. With one layer the bounds stay tight
 * however long the span is.
 */
public final class LongSplitTexts implements ArbitrarySupplier<SplitText> {

  @Override
  public Arbitrary<SplitText> get() {
    Arbitrary<Integer> length =
        Arbitraries.of(
            7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 140, 255, 256, 257);
    Arbitrary<Text> texts =
        length.flatMap(count ->
            Combinators.combine(
                    SmallModels.models(1, 9),
                    Arbitraries.integers().between(0, 49).list().ofSize(count))
                .as(Text::of));
    return Arbitraries.oneOf(texts.map(SplitText::whole), SplitTexts.splits(texts));
  }
}

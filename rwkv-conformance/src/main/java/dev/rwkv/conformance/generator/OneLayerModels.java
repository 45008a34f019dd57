package dev.rwkv.conformance.generator;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;

/** {@link SmallModels} of one layer, whose state shows single operators. */
public final class OneLayerModels implements ArbitrarySupplier<ModelCase> {

  @Override
  public Arbitrary<ModelCase> get() {
    return SmallModels.models(1, 70);
  }
}

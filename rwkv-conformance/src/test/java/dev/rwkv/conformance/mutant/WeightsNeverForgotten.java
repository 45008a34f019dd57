package dev.rwkv.conformance.mutant;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A cache without an end. */
@Breaks(
    value = "RWKV-RES-006",
    how = "keeps the weights of every model in a static list",
    reason = "KiB on the heap",
    forked = true)
public final class WeightsNeverForgotten extends HonestBackend {
  private static final List<FloatWeights> ALL = Collections.synchronizedList(new ArrayList<>());

  @Override
  protected FloatWeights weights(FloatWeights stored) {
    ALL.add(stored);
    return stored;
  }
}

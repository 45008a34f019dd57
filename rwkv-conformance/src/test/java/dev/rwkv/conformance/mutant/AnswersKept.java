package dev.rwkv.conformance.mutant;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A log in memory. */
@Breaks(
    value = "RWKV-RES-008",
    how = "keeps the logits of every token in a static list",
    reason = "KiB on the heap",
    forked = true)
public final class AnswersKept extends HonestBackend {
  private static final List<float[][]> ALL = Collections.synchronizedList(new ArrayList<>());

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    ALL.add(logits);
    return logits;
  }
}

package dev.rwkv.conformance.mutant;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** A cache with too small a key. */
@Breaks(value = "RWKV-SES-011", how = "remembers the logits by token id")
public final class AnswersCached extends HonestBackend {
  private final IdentityHashMap<FloatWeights, Map<Integer, float[]>> known =
      new IdentityHashMap<>();

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    Map<Integer, float[]> cache = known.computeIfAbsent(weights, w -> new HashMap<>());
    for (int t = 0; t < tokens.length; t++) {
      float[] fresh = logits[t];
      logits[t] = cache.computeIfAbsent(tokens[t], token -> fresh);
    }
    return logits;
  }
}

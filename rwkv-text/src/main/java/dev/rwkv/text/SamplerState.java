package dev.rwkv.text;

import dev.rwkv.error.InvalidArgumentException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a {@link Sampler} is: all that its next choices depend on beside the logits. Immutable.
 *
 * @param seed of its random numbers
 * @param draws how many tokens it has chosen; the number of the next random number
 * @param counts how often each token was chosen, decayed; empty when nothing is penalised
 */
public record SamplerState(long seed, long draws, Map<Integer, Double> counts) {

  /**
   * Checks the counts.
   *
   * @throws InvalidArgumentException if a number is negative or not finite
   */
  public SamplerState {
    if (draws < 0) {
      throw new InvalidArgumentException("draws", draws + " is negative");
    }
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
    counts.forEach((token, count) -> {
      if (token < 0
          || token > TokenTable.LARGEST_ID
          || !(count >= 0 && count <= Double.MAX_VALUE)) {
        throw new InvalidArgumentException(
            "counts[" + token + "]", count + " is no count of a token");
      }
    });
  }
}

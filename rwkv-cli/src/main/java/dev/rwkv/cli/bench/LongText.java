package dev.rwkv.cli.bench;

import dev.rwkv.ModelConfig;
import dev.rwkv.tensor.DType;
import java.util.Arrays;

/**
 * A long text decoded token by token: does a token cost the same at the end as at the start, and
 * does memory stay the same?
 *
 * @param config the model's sizes
 * @param precision what its matrices were held in
 * @param threads the threads that were used
 * @param seconds how long each token took
 * @param heapEvery after how many tokens the heap was measured, again and again
 * @param heapBytes heap in use after a garbage collection, before the first token and then every
 *     {@code heapEvery}: weights lie outside, the session within
 * @param stateBytes bytes of the session's state, as f32
 */
public record LongText(
    ModelConfig config,
    DType precision,
    int threads,
    double[] seconds,
    int heapEvery,
    double[] heapBytes,
    long stateBytes) {
  private static final int PARTS = 10;

  /** The tokens decoded. */
  public int tokens() {
    return seconds.length;
  }

  /** The median time of a token in the first tenth of the text, in seconds. */
  public double atStart() {
    return Spread.median(Arrays.copyOf(seconds, tenth()));
  }

  /** The median time of a token in the last tenth of the text, in seconds. */
  public double atEnd() {
    return Spread.median(Arrays.copyOfRange(seconds, tokens() - tenth(), tokens()));
  }

  private int tenth() {
    return Math.max(1, tokens() / PARTS);
  }
}

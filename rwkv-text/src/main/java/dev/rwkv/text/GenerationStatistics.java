package dev.rwkv.text;

/**
 * How much a generation has done and how fast. The time that the consumer of the pieces takes is
 * not counted.
 *
 * @param promptTokens tokens consumed before the first one was chosen
 * @param generatedTokens tokens chosen, an end of text included
 * @param prefillNanos time to consume the prompt
 * @param timeToFirstTokenNanos time until the first token was chosen; 0 if none was
 * @param decodeNanos time for all tokens after the first
 */
public record GenerationStatistics(
    int promptTokens,
    int generatedTokens,
    long prefillNanos,
    long timeToFirstTokenNanos,
    long decodeNanos) {

  /** Prompt tokens consumed a second; 0 if there were none. */
  public double prefillTokensPerSecond() {
    return perSecond(promptTokens, prefillNanos);
  }

  /** Tokens generated a second, the first not counted; 0 if there was no second one. */
  public double decodeTokensPerSecond() {
    return perSecond(generatedTokens - 1, decodeNanos);
  }

  private static double perSecond(int tokens, long nanos) {
    return tokens <= 0 || nanos <= 0 ? 0 : tokens * 1e9 / nanos;
  }
}

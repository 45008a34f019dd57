package dev.rwkv.cli;

import dev.rwkv.text.Sampling;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the next token is chosen. */
final class SamplingOptions {
  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 always takes the most likely token; default: 1.0.")
  @Nullable Double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Choose among the most likely tokens that make up this share; default: 0.85, in chat"
              + " 0.3.")
  @Nullable Double topP;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Choose among at most this many tokens; default: 0, no limit.")
  @Nullable Integer topK;

  @Option(
      names = "--presence-penalty",
      paramLabel = "X",
      description = "Lower the logit of what occurred already; default: 0, in chat 0.5.")
  @Nullable Double presencePenalty;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "X",
      description = "Lower it further for every occurrence; default: 0, in chat 0.5.")
  @Nullable Double frequencyPenalty;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The same seed gives the same text; default: a new one, which is printed.")
  @Nullable Long seed;

  Sampling sampling() {
    return over(Sampling.defaults());
  }

  /** What was asked for, over these defaults. */
  Sampling over(Sampling defaults) {
    Sampling sampling = defaults;
    if (temperature != null) {
      sampling = sampling.withTemperature(temperature);
    }
    if (topP != null) {
      sampling = sampling.withTopP(topP);
    }
    if (topK != null) {
      sampling = sampling.withTopK(topK);
    }
    if (presencePenalty != null) {
      sampling = sampling.withPresencePenalty(presencePenalty);
    }
    if (frequencyPenalty != null) {
      sampling = sampling.withFrequencyPenalty(frequencyPenalty);
    }
    return seed == null ? sampling : sampling.seed(seed);
  }
}

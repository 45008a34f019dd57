package dev.rwkv.text;

import dev.rwkv.error.InvalidArgumentException;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How the next token is chosen from the logits. Immutable.
 *
 * <p>The order is that of the {@code rwkv} pip package: the bias and the penalties change the
 * logits; softmax; top-p drops every token less likely than the one where the sorted probabilities
 * first sum up to {@code topP}; top-k keeps the k most likely of these; temperature raises the rest
 * to the power 1/T. So top-p and top-k do not depend on the temperature. Two things are different:
 * that package does not count digits and white space for the frequency penalty, which takes a
 * tokenizer; here every token counts. And with a top-p of 1 it may fall back to the single most
 * likely token when rounding keeps the sum below 1; here it keeps all.
 *
 * @param temperature T, finite and not negative; below 1 prefers the likely tokens, above 1 the
 *     unlikely; 0 always takes the most likely one, the lowest id among equals
 * @param topP in [0, 1]; 1 keeps all tokens
 * @param topK 0 or more; 0 keeps all tokens
 * @param presencePenalty in [−100, 100]; lowers the logit of every token generated before
 * @param frequencyPenalty in [−100, 100]; lowers the logit of a token for every time that it was
 *     generated
 * @param penaltyDecay in [0, 1]; what the counts are multiplied with after every token
 * @param logitBias what is added to the logits of some tokens, at most 1e30; negative infinity
 *     forbids a token
 * @param seed makes the choice repeatable; without one, every {@link Sampler} draws its own
 */
public record Sampling(
    double temperature,
    double topP,
    int topK,
    double presencePenalty,
    double frequencyPenalty,
    double penaltyDecay,
    Map<Integer, Double> logitBias,
    OptionalLong seed) {

  /** Leaves a float logit finite. */
  private static final double LARGEST_BIAS = 1e30;

  private static final Sampling DEFAULTS =
      new Sampling(1, 0.85, 0, 0, 0, 0.996, Map.of(), OptionalLong.empty());

  /**
   * Checks every option.
   *
   * @throws InvalidArgumentException if one is out of its range or NaN; the message names both
   */
  public Sampling {
    check("temperature", temperature, 0, Double.MAX_VALUE, "0 or more");
    check("topP", topP, 0, 1, "between 0 and 1");
    check("topK", topK, 0, Integer.MAX_VALUE, "0 (all) or more");
    check("presencePenalty", presencePenalty, -100, 100, "between -100 and 100");
    check("frequencyPenalty", frequencyPenalty, -100, 100, "between -100 and 100");
    check("penaltyDecay", penaltyDecay, 0, 1, "between 0 and 1");
    logitBias = Collections.unmodifiableMap(new TreeMap<>(logitBias));
    logitBias.forEach((token, bias) -> {
      check("logitBias", token, 0, Integer.MAX_VALUE, "a token id, 0 or more");
      if (!(bias <= LARGEST_BIAS)) { // NaN too
        throw new InvalidArgumentException(
            "logitBias[" + token + "]",
            bias + " is not allowed: expected at most 1e30, or -Infinity to forbid it");
      }
    });
  }

  private static void check(
      String option, double value, double least, double most, String allowed) {
    if (!(value >= least && value <= most)) { // NaN fails both
      throw new InvalidArgumentException(option, value + " is not allowed: expected " + allowed);
    }
  }

  /**
   * Temperature 1 and top-p 0.85, as the pip package, and no top-k. No penalties, unlike it: they
   * make livelier prose, but wrong code, tables and numbers.
   */
  public static Sampling defaults() {
    return DEFAULTS;
  }

  /** Always the most likely token: temperature 0. */
  public static Sampling greedy() {
    return DEFAULTS.withTemperature(0);
  }

  /** The defaults with another top-p. */
  public static Sampling topP(double topP) {
    return DEFAULTS.withTopP(topP);
  }

  /** The defaults with another temperature. */
  public static Sampling temperature(double temperature) {
    return DEFAULTS.withTemperature(temperature);
  }

  /** The same with another temperature. */
  public Sampling withTemperature(double value) {
    return new Sampling(
        value, topP, topK, presencePenalty, frequencyPenalty, penaltyDecay, logitBias, seed);
  }

  /** The same with another top-p. */
  public Sampling withTopP(double value) {
    return new Sampling(
        temperature, value, topK, presencePenalty, frequencyPenalty, penaltyDecay, logitBias, seed);
  }

  /** The same with another top-k. */
  public Sampling withTopK(int value) {
    return new Sampling(
        temperature, topP, value, presencePenalty, frequencyPenalty, penaltyDecay, logitBias, seed);
  }

  /** The same with another presence penalty. */
  public Sampling withPresencePenalty(double value) {
    return new Sampling(
        temperature, topP, topK, value, frequencyPenalty, penaltyDecay, logitBias, seed);
  }

  /** The same with another frequency penalty. */
  public Sampling withFrequencyPenalty(double value) {
    return new Sampling(
        temperature, topP, topK, presencePenalty, value, penaltyDecay, logitBias, seed);
  }

  /** The same with another decay of the counts. */
  public Sampling withPenaltyDecay(double value) {
    return new Sampling(
        temperature, topP, topK, presencePenalty, frequencyPenalty, value, logitBias, seed);
  }

  /** The same with a bias for this token, in place of an earlier one. */
  public Sampling withLogitBias(int token, double bias) {
    Map<Integer, Double> biases = new TreeMap<>(logitBias);
    biases.put(token, bias);
    return withLogitBias(biases);
  }

  /** The same with these biases, in place of all earlier ones. */
  public Sampling withLogitBias(Map<Integer, Double> biases) {
    return new Sampling(
        temperature, topP, topK, presencePenalty, frequencyPenalty, penaltyDecay, biases, seed);
  }

  /** The same, repeatable: this seed and the same logits always give the same tokens. */
  public Sampling seed(long value) {
    return new Sampling(
        temperature,
        topP,
        topK,
        presencePenalty,
        frequencyPenalty,
        penaltyDecay,
        logitBias,
        OptionalLong.of(value));
  }
}

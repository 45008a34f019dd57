package dev.rwkv.conformance.generator;

import dev.rwkv.reference.Bounded;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.reference.WkvParallel;
import dev.rwkv.reference.WkvState;
import dev.rwkv.spi.Wkv4Operator.Numerics;
import dev.rwkv.spi.Wkv4Operator.Span;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Operands of WKV: sizes, magnitudes, and a seed for the numbers. All numbers are floats, so that
 * every backend gets exactly these.
 *
 * @param tokens T
 * @param channels C
 * @param keyScale keys are uniform in ± this
 * @param decays how fast the channels forget
 * @param start what the state is before the first token
 * @param seed of the numbers
 * @param pattern how keys and values follow each other
 */
public record WkvCase(
    int tokens,
    int channels,
    double keyScale,
    Decays decays,
    Start start,
    long seed,
    Pattern pattern) {
  /** As released code writes an empty state. */
  private static final double EMPTY = -1e30f;

  /** Kinds of keys and values. */
  public enum Pattern {
    /** Keys uniform, values normal. */
    RANDOM,
    /** Keys jump between both ends of their range, every other channel the other way. */
    JUMPING_KEYS,
    /** Each channel has values of another kind: cancelling, ±0, subnormal, near 10³⁶. */
    HARD_VALUES
  }

  /** Random numbers, see {@link Pattern#RANDOM}. */
  public static WkvCase of(
      int tokens, int channels, double keyScale, Decays decays, Start start, long seed) {
    return new WkvCase(tokens, channels, keyScale, decays, start, seed, Pattern.RANDOM);
  }

  /** The same with more tokens, or fewer. */
  public WkvCase during(int newTokens) {
    return new WkvCase(newTokens, channels, keyScale, decays, start, seed, pattern);
  }

  /** The same with another pattern. */
  public WkvCase with(Pattern newPattern) {
    return new WkvCase(tokens, channels, keyScale, decays, start, seed, newPattern);
  }

  /** The same with another start. */
  public WkvCase from(Start newStart) {
    return new WkvCase(tokens, channels, keyScale, decays, newStart, seed, pattern);
  }

  /** The same with keys of another range. */
  public WkvCase keyed(double newScale) {
    return new WkvCase(tokens, channels, newScale, decays, start, seed, pattern);
  }

  /** Kinds of decay; w is the logarithm of what a token leaves of the past. */
  public enum Decays {
    /** As trained models have them: w around −e^−2. */
    TRAINED,
    /** w = 0: nothing is forgotten. */
    NONE,
    /** w = −e⁶: everything is forgotten at once. */
    STRONGEST
  }

  /** Kinds of state before the first token. */
  public enum Start {
    /** No token yet, exponent −10³⁰. */
    EMPTY,
    /** No token yet, exponent −∞. */
    MINUS_INFINITY,
    /** In the middle of a text. */
    RUNNING
  }

  /** w, [C]. */
  public double[] decay() {
    Numbers numbers = new Numbers(seed).named("decay");
    return vector(c ->
        switch (decays) {
          case TRAINED -> (float) -Math.exp(2 * numbers.normal(0, c) - 2);
          case NONE -> 0;
          case STRONGEST -> (float) -Math.exp(6);
        });
  }

  /** u, [C]. */
  public double[] bonus() {
    Numbers numbers = new Numbers(seed).named("bonus");
    return vector(c -> numbers.normal(0, c));
  }

  /** k of token {@code t}, [C]. */
  public double[] keys(int t) {
    Numbers numbers = new Numbers(seed).named("key");
    if (pattern == Pattern.JUMPING_KEYS) {
      return vector(c ->
          (float) (keyScale * ((t + c) % 2 == 0 ? 1 : -1) * (1 - numbers.uniform(t, c) / 100)));
    }
    return vector(c -> (float) (keyScale * numbers.uniform(t, c)));
  }

  /** v of token {@code t}, [C]. */
  public double[] values(int t) {
    Numbers numbers = new Numbers(seed).named("value");
    return vector(c -> pattern == Pattern.HARD_VALUES ? hard(numbers, t, c) : numbers.normal(t, c));
  }

  private static double hard(Numbers numbers, int t, int c) {
    int sign = t % 2 == 0 ? 1 : -1;
    return switch (c % 5) {
      case 0 -> (float) (sign * (1000 + 1e-3 * numbers.uniform(t, c)));
      case 1 -> sign * 0.0;
      case 2 -> (float) (1e-41 * numbers.uniform(t, c));
      case 3 -> (float) (1e36 * numbers.uniform(t, c));
      default -> numbers.normal(t, c);
    };
  }

  /** Numerator, denominator and exponent before the first token, each [C]. */
  public double[][] state() {
    Numbers numbers = new Numbers(seed).named("state");
    return switch (start) {
      case EMPTY -> new double[][] {vector(c -> 0), vector(c -> 0), vector(c -> EMPTY)};
      case MINUS_INFINITY ->
          new double[][] {
            vector(c -> 0), vector(c -> 0), vector(c -> Double.NEGATIVE_INFINITY),
          };
      case RUNNING ->
          new double[][] {
            vector(c -> numbers.normal(0, c)),
            vector(c -> (float) Math.exp(numbers.normal(1, c))),
            vector(c -> (float) (keyScale * numbers.uniform(2, c))),
          };
    };
  }

  /** Tokens {@code [from, to)} as the operator takes them, from this state, which is copied. */
  public Span span(int from, int to, double[][] state) {
    return new Span(
        to - from,
        channels,
        decay(),
        bonus(),
        rows(from, to, this::keys),
        rows(from, to, this::values),
        state[0].clone(),
        state[1].clone(),
        state[2].clone());
  }

  /** What the oracle expects of all tokens. */
  public WkvParallel.Span expected(ErrorModel errors) {
    double[][] state = state();
    return WkvParallel.apply(
        decay(),
        bonus(),
        new WkvState(Bounded.exact(state[0]), Bounded.exact(state[1]), Bounded.exact(state[2])),
        exact(tokens, this::keys),
        exact(tokens, this::values),
        Numerics.STABILISED,
        errors);
  }

  private static Bounded[] exact(int tokens, IntFunction<double[]> row) {
    return IntStream.range(0, tokens).mapToObj(row).map(Bounded::exact).toArray(Bounded[]::new);
  }

  private double[] vector(IntToDoubleFunction element) {
    return IntStream.range(0, channels).mapToDouble(element).toArray();
  }

  private static double[] rows(int from, int to, IntFunction<double[]> row) {
    return IntStream.range(from, to).mapToObj(row).flatMapToDouble(Arrays::stream).toArray();
  }

  /** With all numbers where they are few. */
  @Override
  public String toString() {
    String text =
        "wkv(T%d C%d, keys ±%s, decay %s, state %s, %s numbers of seed %d)"
            .formatted(tokens, channels, keyScale, decays, start, pattern, seed);
    if (tokens * channels > 6) {
      return text;
    }
    return text
        + " w="
        + Arrays.toString(decay())
        + " u="
        + Arrays.toString(bonus())
        + " a,b,p="
        + Arrays.deepToString(state())
        + IntStream.range(0, tokens)
            .mapToObj(t ->
                " k%d=%s v%d=%s"
                    .formatted(t, Arrays.toString(keys(t)), t, Arrays.toString(values(t))))
            .collect(Collectors.joining());
  }
}

package dev.rwkv.text;

import dev.rwkv.Logits;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Chooses the tokens of one generation, as its {@link Sampling} says. For one thread at a time;
 * allocates its buffers with the first token, 20 bytes a token of the vocabulary, and nothing per
 * token.
 *
 * <p>Random number i is a mix of the seed and i (SplitMix64), so that a sampler's whole randomness
 * is two numbers, and one that was saved goes on as if it had never stopped.
 */
public final class Sampler {
  private static final SecureRandom SEEDS = new SecureRandom();

  /** The count of a token that was not chosen yet; zero may be one that has decayed. */
  private static final double NEVER = -1;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Sampling sampling;
  private final boolean penalises;
  private final int[] biasTokens;
  private final float[] biases;
  private final long seed;
  private long draws;

  private float[] logits = {};
  private double[] weights = {};
  private double[] counts = {};
  private int[] seen = new int[16];
  private int seenTokens;
  private final LargestFirst order = new LargestFirst();

  /** A sampler at the start of a text. */
  public Sampler(Sampling sampling) {
    this(sampling, new SamplerState(freshSeed(sampling), 0, Map.of()));
  }

  /**
   * A sampler that goes on where another was. Another seed in {@code sampling} than the saved one
   * gives other random numbers from here on.
   */
  public Sampler(Sampling sampling, SamplerState state) {
    this.sampling = sampling;
    this.penalises = sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0;
    this.seed = sampling.seed().orElse(state.seed());
    this.draws = state.draws();
    this.biasTokens = new int[sampling.logitBias().size()];
    this.biases = new float[biasTokens.length];
    int at = 0;
    for (Map.Entry<Integer, Double> bias : sampling.logitBias().entrySet()) {
      biasTokens[at] = bias.getKey();
      biases[at++] = bias.getValue().floatValue();
    }
    if (penalises) {
      state.counts().forEach(this::count);
    }
  }

  // Not negative, so that it can be typed again without a sign.
  private static long freshSeed(Sampling sampling) {
    return sampling.seed().orElseGet(() -> SEEDS.nextLong() >>> 1);
  }

  /** The seed in use, given or drawn. */
  public long seed() {
    return seed;
  }

  /** What the next choices depend on. */
  public SamplerState state() {
    Map<Integer, Double> saved = new LinkedHashMap<>();
    for (int i = 0; i < seenTokens; i++) {
      saved.put(seen[i], counts[seen[i]]);
    }
    return new SamplerState(seed, draws, saved);
  }

  /**
   * Chooses a token.
   *
   * @throws InvalidArgumentException if a bias or count is for a token outside the vocabulary, or
   *     if every token is forbidden
   * @throws NonFiniteException if a logit is NaN or positive infinity
   */
  public int sample(Logits source) {
    int most = adjust(source);
    double random = random(seed, draws);
    int token = most;
    if (sampling.temperature() > 0 && sampling.topK() != 1) {
      token = draw(most, random);
    }
    draws++;
    if (penalises) {
      for (int i = 0; i < seenTokens; i++) {
        counts[seen[i]] *= sampling.penaltyDecay();
      }
      count(token, 1.0);
    }
    return token;
  }

  /** Uniform in [0, 1): number {@code index} of the stream of this seed. */
  static double random(long seed, long index) {
    long z = seed + (index + 1) * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
  }

  private void count(int token, double amount) {
    if (token >= counts.length) {
      int known = counts.length;
      counts = Arrays.copyOf(counts, Math.max(Math.max(token + 1, logits.length), 2 * known));
      Arrays.fill(counts, known, counts.length, NEVER);
    }
    if (counts[token] == NEVER) {
      if (seenTokens == seen.length) {
        seen = Arrays.copyOf(seen, 2 * seen.length);
      }
      seen[seenTokens++] = token;
      counts[token] = 0;
    }
    counts[token] += amount;
  }

  /** Copies the logits, adds biases and penalties, and finds the largest. */
  private int adjust(Logits source) {
    int size = source.size();
    if (logits.length != size) {
      logits = new float[size];
      weights = new double[size];
    }
    source.copyTo(logits);
    for (int i = 0; i < biasTokens.length; i++) {
      logits[inVocabulary("logitBias", biasTokens[i])] += biases[i];
    }
    for (int i = 0; i < seenTokens; i++) {
      int token = inVocabulary("counts", seen[i]);
      double penalty = sampling.presencePenalty() + counts[token] * sampling.frequencyPenalty();
      logits[token] = (float) (logits[token] - penalty);
    }
    int most = 0;
    for (int i = 0; i < size; i++) {
      float logit = logits[i];
      if (!(logit < Float.POSITIVE_INFINITY)) {
        throw new NonFiniteException(i, "the logit of token " + i + " is " + logit);
      }
      if (logit > logits[most]) {
        most = i;
      }
    }
    if (logits[most] == Float.NEGATIVE_INFINITY) {
      throw new InvalidArgumentException(
          "logitBias", "forbids every token: leave at least one that may come next");
    }
    return most;
  }

  private int inVocabulary(String what, int token) {
    if (token >= logits.length) {
      throw new InvalidArgumentException(
          what + "[" + token + "]",
          "is not in the vocabulary: token ids are 0 to " + (logits.length - 1));
    }
    return token;
  }

  private int draw(int most, double random) {
    float largest = logits[most];
    double total = 0;
    for (int i = 0; i < logits.length; i++) {
      weights[i] = Math.exp(logits[i] - (double) largest);
      total += weights[i];
    }
    long last = lastKept(total);
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      if (LargestFirst.key(logits[i], i) > last) {
        weights[i] = 0;
      } else if (sampling.temperature() != 1) {
        // p^(1/T) by way of the logits, which does not underflow for a small T.
        weights[i] = Math.exp((logits[i] - (double) largest) / sampling.temperature());
      }
      sum += weights[i];
    }
    double rest = random * sum;
    int token = most;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        token = i;
        rest -= weights[i];
        if (rest < 0) {
          break;
        }
      }
    }
    return token;
  }

  /** The key of the least likely token that top-p and top-k keep. */
  private long lastKept(double total) {
    int k = sampling.topK() == 0 ? Integer.MAX_VALUE : sampling.topK();
    double wanted = sampling.topP() < 1 ? sampling.topP() * total : Double.POSITIVE_INFINITY;
    if (sampling.topP() == 1 && k >= logits.length) {
      return Long.MAX_VALUE;
    }
    // All tokens below (1 − topP)·total/V together have less than (1 − topP)·total, so the others
    // reach topP without them: usually a few hundred tokens are left to sort.
    double floor = (1 - sampling.topP()) * total / logits.length;
    order.clear(logits.length);
    for (int i = 0; i < logits.length; i++) {
      if (weights[i] >= floor) {
        order.add(logits[i], i);
      }
    }
    order.arrange();
    long last = order.pop();
    double cumulative = weights[LargestFirst.index(last)];
    for (int kept = 1; kept < k && !order.isEmpty(); kept++) {
      if (cumulative >= wanted && weights[order.first()] < weights[LargestFirst.index(last)]) {
        break;
      }
      last = order.pop();
      cumulative += weights[LargestFirst.index(last)];
    }
    return last;
  }
}

package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {

  private static SavedLogits logits(float... values) {
    return new SavedLogits(values);
  }

  /**
   * The probabilities by the description of the pip package, written as plainly as it goes: sorts
   * boxed numbers, knows no floor, no heap and no keys.
   */
  private static double[] reference(
      float[] logits, Sampling sampling, Map<Integer, Double> counts) {
    int n = logits.length;
    double[] p = new double[n];
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      float logit = logits[i] + sampling.logitBias().getOrDefault(i, 0.0).floatValue();
      if (counts.containsKey(i)) {
        logit =
            (float)
                (logit - sampling.presencePenalty() - counts.get(i) * sampling.frequencyPenalty());
      }
      p[i] = logit;
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      p[i] = Math.exp(p[i] - max);
      sum += p[i];
    }
    for (int i = 0; i < n; i++) {
      p[i] /= sum;
    }
    List<Integer> sorted = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      sorted.add(i);
    }
    sorted.sort(Comparator.comparingDouble((Integer i) -> -p[i]).thenComparing(i -> i));
    double cutoff = 0;
    double cumulative = 0;
    for (int i : sorted) {
      cumulative += p[i];
      if (sampling.topP() < 1 && cumulative >= sampling.topP()) {
        cutoff = p[i];
        break;
      }
    }
    double[] kept = new double[n];
    int rank = 0;
    double keptSum = 0;
    for (int i : sorted) {
      boolean inTopK = sampling.topK() == 0 || rank < sampling.topK();
      if (p[i] >= cutoff && inTopK) {
        kept[i] = Math.pow(p[i], 1 / sampling.temperature());
        keptSum += kept[i];
      }
      rank++;
    }
    for (int i = 0; i < n; i++) {
      kept[i] /= keptSum;
    }
    return kept;
  }

  /** The token where the running sum of the probabilities exceeds the random number. */
  private static int pick(double[] probabilities, double random) {
    double sum = 0;
    int last = -1;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0) {
        sum += probabilities[i];
        last = i;
        if (random < sum) {
          return i;
        }
      }
    }
    return last;
  }

  @Property(tries = 3000)
  void everyChoiceIsThatOfThePlainReference(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = -24, max = 24) Integer> quarters,
      @ForAll @DoubleRange(min = 0.05, max = 3) double temperature,
      @ForAll @DoubleRange(min = 0, max = 1) double topP,
      @ForAll @IntRange(max = 45) int topK,
      @ForAll @DoubleRange(min = -2, max = 2) double presence,
      @ForAll @DoubleRange(min = -2, max = 2) double frequency,
      @ForAll long seed) {
    float[] values = new float[quarters.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = quarters.get(i) / 4f; // many equal ones
    }
    Sampling sampling =
        Sampling.temperature(temperature)
            .withTopP(topP)
            .withTopK(topK)
            .withPresencePenalty(presence)
            .withFrequencyPenalty(frequency)
            .withPenaltyDecay(0.9)
            .withLogitBias(0, 0.5)
            .seed(seed);
    Sampler sampler = new Sampler(sampling);
    Map<Integer, Double> counts = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      double[] expected = reference(values, sampling, counts);
      int token = sampler.sample(logits(values));
      // A random number on an edge, or a sum on topP, may fall either way with rounding.
      if (token != pick(expected, Sampler.random(seed, i))) {
        assertThat(expected[token]).as("kept by the reference").isPositive();
        assertThat(edgeDistance(expected, Sampler.random(seed, i))).isLessThan(1e-9);
      }
      counts.replaceAll((t, count) -> count * 0.9);
      counts.merge(token, 1.0, Double::sum);
    }
  }

  private static double edgeDistance(double[] probabilities, double random) {
    double sum = 0;
    double nearest = 1;
    for (double p : probabilities) {
      sum += p;
      nearest = Math.min(nearest, Math.abs(sum - random));
    }
    return nearest;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void frequenciesAreTheProbabilities(int which) {
    Sampling sampling =
        List.of(
                Sampling.topP(1),
                Sampling.topP(0.8),
                Sampling.topP(1).withTopK(3),
                Sampling.topP(0.9).withTemperature(2),
                Sampling.topP(1).withTemperature(0.3).withLogitBias(4, 1),
                Sampling.topP(0.97).withTopK(6).withTemperature(1.3))
            .get(which)
            .seed(1234 + which);
    float[] values = {0.1f, -1, 2, 0.5f, 1.5f, -0.3f, 1.9f, 0, -4};
    double[] expected = reference(values, sampling, Map.of());
    Sampler sampler = new Sampler(sampling);
    int draws = 200_000;
    int[] observed = new int[values.length];
    for (int i = 0; i < draws; i++) {
      observed[sampler.sample(logits(values))]++;
    }
    double chiSquared = 0;
    for (int i = 0; i < values.length; i++) {
      if (expected[i] == 0) {
        assertThat(observed[i]).isZero();
      } else {
        chiSquared += Math.pow(observed[i] - draws * expected[i], 2) / (draws * expected[i]);
      }
    }
    assertThat(chiSquared).isLessThan(26.1); // 99.9 % of the distribution with 8 degrees
  }

  @Test
  void randomNumbersAreUniform() {
    int[] bins = new int[100];
    for (int i = 0; i < 1_000_000; i++) {
      double random = Sampler.random(42, i);
      assertThat(random).isBetween(0.0, 1.0).isNotEqualTo(1.0);
      bins[(int) (random * 100)]++;
    }
    double chiSquared = Arrays.stream(bins).mapToDouble(n -> (n - 1e4) * (n - 1e4) / 1e4).sum();
    assertThat(chiSquared).isBetween(60.0, 149.0); // 99.8 % of the distribution with 99 degrees
  }

  @Test
  void randomNumbersAreThoseOfSplitMix64() {
    // java.util.SplittableRandom is SplitMix64 with the same constants.
    var published = new java.util.SplittableRandom(7);
    for (int i = 0; i < 100; i++) {
      assertThat(Sampler.random(7, i)).isEqualTo((published.nextLong() >>> 11) * 0x1p-53);
    }
  }

  @Property(tries = 500)
  void greedyTopKOfOneAndTopPOfNothingTakeTheMostLikely(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = -9, max = 9) Integer> whole,
      @ForAll long seed) {
    float[] values = new float[whole.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = whole.get(i);
    }
    int most = logits(values).argmax();
    assertThat(new Sampler(Sampling.greedy()).sample(logits(values))).isEqualTo(most);
    assertThat(new Sampler(Sampling.topP(1).withTopK(1).seed(seed)).sample(logits(values)))
        .isEqualTo(most);
    values[most] += 0.5f; // top-p keeps equal tokens, so let there be none
    assertThat(new Sampler(Sampling.topP(0).seed(seed)).sample(logits(values))).isEqualTo(most);
    assertThat(
            new Sampler(Sampling.topP(1).withTemperature(1e-300).seed(seed)).sample(logits(values)))
        .isEqualTo(most);
  }

  @Property(tries = 300)
  void aForbiddenTokenIsNeverChosen(@ForAll @IntRange(max = 4) int forbidden, @ForAll long seed) {
    for (Sampling sampling :
        List.of(Sampling.greedy(), Sampling.topP(1), Sampling.topP(0.5).withTopK(3))) {
      Sampler sampler =
          new Sampler(sampling.withLogitBias(forbidden, Double.NEGATIVE_INFINITY).seed(seed));
      for (int i = 0; i < 20; i++) {
        assertThat(sampler.sample(logits(3, 3, 3, 3, 3))).isNotEqualTo(forbidden);
      }
    }
  }

  @Test
  void topKKeepsTheLowestOfEqualTokens() {
    Sampler sampler = new Sampler(Sampling.topP(1).withTopK(2).seed(1));
    for (int i = 0; i < 200; i++) {
      assertThat(sampler.sample(logits(1, -0.0f, 0.0f, 0, 0))).isLessThan(2);
    }
  }

  @Test
  void penaltiesDecayAndAddUp() {
    // Greedy over two tokens: token 0 is ahead by 1, until it was chosen often enough.
    Sampling sampling =
        Sampling.greedy().withPresencePenalty(0.25).withFrequencyPenalty(0.3).withPenaltyDecay(0.5);
    Sampler sampler = new Sampler(sampling);
    // Counts of token 0 before each choice: 0, 1, 1.5, 1.75, ... -> penalty 0.25 + 0.3 count < 1.
    for (int i = 0; i < 20; i++) {
      assertThat(sampler.sample(logits(1, 0))).isZero();
    }
    assertThat(sampler.state().counts().get(0)).isCloseTo(2, within(1e-5));
    Sampler stronger = new Sampler(sampling.withFrequencyPenalty(0.45));
    // 0.25 + 0.45·1.5 < 1 < 0.25 + 0.45·1.75
    assertThat(
            List.of(
                stronger.sample(logits(1, 0)),
                stronger.sample(logits(1, 0)),
                stronger.sample(logits(1, 0)),
                stronger.sample(logits(1, 0))))
        .containsExactly(0, 0, 0, 1);
  }

  @Test
  void aSavedSamplerGoesOnAsIfItHadNeverStopped() {
    Random random = new Random(3);
    Sampling sampling = Sampling.topP(0.95).withPresencePenalty(0.4).withFrequencyPenalty(0.4);
    Sampler whole = new Sampler(sampling.seed(99));
    Sampler current = new Sampler(sampling.seed(99));
    for (int i = 0; i < 300; i++) {
      float[] values = new float[50];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) random.nextGaussian();
      }
      assertThat(current.sample(logits(values))).isEqualTo(whole.sample(logits(values)));
      if (i % 7 == 0) {
        current = new Sampler(sampling, current.state());
      }
    }
    assertThat(current.state()).isEqualTo(whole.state());
    assertThat(whole.state().draws()).isEqualTo(300);
  }

  @Test
  void withoutASeedOneIsDrawnAndReported() {
    Sampler first = new Sampler(Sampling.topP(1));
    Sampler second = new Sampler(Sampling.topP(1));
    assertThat(first.seed()).isNotEqualTo(second.seed()).isNotNegative();
    Sampler again = new Sampler(Sampling.topP(1).seed(first.seed()));
    for (int i = 0; i < 50; i++) {
      assertThat(again.sample(logits(0, 0, 0))).isEqualTo(first.sample(logits(0, 0, 0)));
    }
  }

  @Test
  void anotherSeedAfterSavingGivesOtherNumbersFromTheSameIndex() {
    SamplerState saved = new SamplerState(1, 10, Map.of());
    Sampler other = new Sampler(Sampling.topP(1).seed(2), saved);
    assertThat(other.state()).isEqualTo(new SamplerState(2, 10, Map.of()));
  }

  @Test
  void whatCannotBeSampledIsNamed() {
    Sampler plain = new Sampler(Sampling.defaults());
    assertThatThrownBy(() -> plain.sample(logits(0, Float.NaN)))
        .isInstanceOf(NonFiniteException.class)
        .hasMessageContaining("token 1 is NaN");
    assertThatThrownBy(() -> plain.sample(logits(Float.POSITIVE_INFINITY)))
        .isInstanceOf(NonFiniteException.class);
    assertThatThrownBy(() -> new Sampler(Sampling.defaults().withLogitBias(5, 1)).sample(logits(0)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("logitBias[5]: is not in the vocabulary: token ids are 0 to 0");
    assertThatThrownBy(() ->
            new Sampler(Sampling.defaults().withLogitBias(0, Double.NEGATIVE_INFINITY))
                .sample(logits(0)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("forbids every token");
    assertThatThrownBy(() -> new SamplerState(0, 0, Map.of(3, -1.0)))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new SamplerState(0, -1, Map.of()))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aTokenAllocatesNothing() {
    float[] values = new float[65_536];
    Random random = new Random(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 3;
    }
    SavedLogits logits = logits(values);
    Sampler sampler =
        new Sampler(
            Sampling.topP(0.9)
                .withTopK(500)
                .withTemperature(0.8)
                .withFrequencyPenalty(0.1)
                .seed(1));
    for (int i = 0; i < 50; i++) {
      sampler.sample(logits);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 50; i++) {
      sampler.sample(logits);
    }
    // The list of tokens seen may double once; a boxed sort would take megabytes each.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4096);
  }
}

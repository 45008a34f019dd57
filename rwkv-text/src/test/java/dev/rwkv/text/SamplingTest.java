package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.InvalidArgumentException;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SamplingTest {
  private static final Sampling ANY = Sampling.defaults();

  private static void refused(String option, String allowed, ThrowingCallable wither) {
    assertThatThrownBy(wither)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith(option)
        .hasMessageContaining("is not allowed: expected " + allowed);
  }

  @Test
  void everyOptionIsCheckedAndNamedWithItsRange() {
    for (double bad : new double[] {Double.NaN, -0.001, Double.POSITIVE_INFINITY}) {
      refused("temperature", "0 or more", () -> ANY.withTemperature(bad));
      refused("topP", "between 0 and 1", () -> ANY.withTopP(bad));
      refused("penaltyDecay", "between 0 and 1", () -> ANY.withPenaltyDecay(bad));
    }
    refused("topP", "between 0 and 1", () -> Sampling.topP(1.001));
    refused("penaltyDecay", "between 0 and 1", () -> ANY.withPenaltyDecay(1.001));
    refused("topK", "0 (all) or more", () -> ANY.withTopK(-1));
    for (double bad : new double[] {Double.NaN, 100.1, -100.1, Double.NEGATIVE_INFINITY}) {
      refused("presencePenalty", "between", () -> ANY.withPresencePenalty(bad));
      refused("frequencyPenalty", "between", () -> ANY.withFrequencyPenalty(bad));
    }
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e31}) {
      refused("logitBias[5]", "at most 1e30", () -> ANY.withLogitBias(5, bad));
    }
    refused("logitBias", "a token id", () -> ANY.withLogitBias(-1, 0));
  }

  @Test
  void theEndsOfTheRangesAreAllowed() {
    assertThat(ANY.withTemperature(0).withTopP(0).withTopK(0).withPenaltyDecay(0)).isNotNull();
    assertThat(ANY.withTopP(1).withPenaltyDecay(1).withTopK(Integer.MAX_VALUE)).isNotNull();
    assertThat(ANY.withLogitBias(0, Double.NEGATIVE_INFINITY).logitBias()).hasSize(1);
  }

  @Test
  void aWitherChangesItsOptionAlone() {
    Sampling all =
        Sampling.topP(0.5)
            .withTemperature(0.7)
            .withTopK(9)
            .withPresencePenalty(0.1)
            .withFrequencyPenalty(0.2)
            .withPenaltyDecay(0.9)
            .withLogitBias(3, 1.5)
            .seed(7);
    assertThat(all.topP()).isEqualTo(0.5);
    assertThat(all.temperature()).isEqualTo(0.7);
    assertThat(all.topK()).isEqualTo(9);
    assertThat(all.presencePenalty()).isEqualTo(0.1);
    assertThat(all.frequencyPenalty()).isEqualTo(0.2);
    assertThat(all.penaltyDecay()).isEqualTo(0.9);
    assertThat(all.logitBias()).containsOnly(Map.entry(3, 1.5));
    assertThat(all.seed()).hasValue(7);
    assertThat(all.withLogitBias(4, 2).logitBias()).hasSize(2);
    assertThat(ANY.seed()).isEmpty();
  }

  @Test
  void theBiasesAreACopy() {
    Map<Integer, Double> biases = new HashMap<>(Map.of(1, 2.0));
    Sampling sampling = ANY.withLogitBias(biases);
    biases.put(1, Double.NaN);
    assertThat(sampling.logitBias()).containsOnly(Map.entry(1, 2.0));
    assertThatThrownBy(() -> sampling.logitBias().put(2, 1.0))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}

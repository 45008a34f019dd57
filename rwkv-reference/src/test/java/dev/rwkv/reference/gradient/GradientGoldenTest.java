package dev.rwkv.reference.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.testing.SharedData;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The gradients against those that an independent implementation found by automatic differentiation
 * in float64.
 */
class GradientGoldenTest {
  /** Of the largest element of a tensor; see docs/numerics.md, section 6. */
  private static final double TOLERANCE = 1e-9;

  @ParameterizedTest
  @CsvSource({"false, grad.", "true, grad_l2wrap."})
  void everyTensorMeetsTheGolden(boolean l2Wrap, String prefix) {
    try (Checkpoint golden = open("mini-v4-a-fp32.gradients.safetensors");
        Checkpoint model = open("mini-v4-a-fp32.safetensors")) {
      Gradients gradients = gradients(model, golden, l2Wrap);
      assertThat(gradients.names()).hasSize(model.names().size()).containsAll(model.names());
      for (String name : gradients.names()) {
        double[] expected = golden.tensor(prefix + name).toDoubles();
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertThat(gradients.gradient(name))
            .as(name)
            .containsExactly(expected, within(TOLERANCE * largest));
      }
      double loss = golden.tensor("loss").get(0);
      assertThat(gradients.loss()).isCloseTo(loss, within(TOLERANCE * loss));
    }
  }

  @Test
  void theGoldensKnowL2Wrap() {
    try (Checkpoint golden = open("mini-v4-a-fp32.gradients.safetensors")) {
      assertThat(golden.tensor("grad.head.weight").toDoubles())
          .isNotEqualTo(golden.tensor("grad_l2wrap.head.weight").toDoubles());
    }
  }

  private static Gradients gradients(Checkpoint model, Checkpoint golden, boolean l2Wrap) {
    int texts = (int) golden.tensor("tokens").shape().dim(0);
    int length = (int) golden.tensor("tokens").shape().dim(1);
    return GradientOracle.of(model)
        .gradients(texts, length, ids(golden, "tokens"), ids(golden, "targets"), l2Wrap);
  }

  private static int[] ids(Checkpoint golden, String name) {
    return Arrays.stream(golden.tensor(name).toDoubles()).mapToInt(id -> (int) id).toArray();
  }

  private static Checkpoint open(String name) {
    return Checkpoint.open(SharedData.path("models/" + name));
  }
}

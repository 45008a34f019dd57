package dev.rwkv.reference.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What batches mean, and what is refused. */
class GradientOracleTest {
  private static final GradientOracle ORACLE =
      GradientOracle.of(FiniteDifferenceTest.model(2, 5, 8, 3));

  @Property(tries = 30)
  void aBatchIsTheMeanOfItsTexts(
      @ForAll @IntRange(min = 1, max = 5) int texts,
      @ForAll @IntRange(min = 1, max = 7) int length,
      @ForAll boolean l2Wrap,
      @ForAll long seed) {
    TrainingBatch batch = FiniteDifferenceTest.batch(texts, length, seed, List.of());
    Gradients together = ORACLE.gradients(texts, length, batch.tokens(), batch.targets(), l2Wrap);
    double loss = 0;
    for (String name : together.names()) {
      double[] mean = new double[together.gradient(name).length];
      loss = 0;
      for (int text = 0; text < texts; text++) {
        Gradients alone =
            ORACLE.gradients(
                1,
                length,
                text(batch.tokens(), text, length),
                text(batch.targets(), text, length),
                l2Wrap);
        double[] gradient = alone.gradient(name);
        Arrays.setAll(mean, i -> mean[i] + gradient[i] / texts);
        loss += alone.loss() / texts;
      }
      assertThat(together.gradient(name)).as(name).containsExactly(mean, within(1e-13));
    }
    assertThat(together.loss()).isCloseTo(loss, within(1e-13));
  }

  private static int[] text(int[] ids, int text, int length) {
    return Arrays.copyOfRange(ids, text * length, (text + 1) * length);
  }

  @Test
  void aTokenThatDoesNotOccurHasNoGradient() {
    double[] gradient =
        ORACLE
            .gradients(1, 3, new int[] {1, 2, 1}, new int[] {2, 3, 4}, false)
            .gradient("emb.weight");
    assertThat(Arrays.copyOfRange(gradient, 0, 5)).containsOnly(0);
    assertThat(Arrays.copyOfRange(gradient, 5, 15)).doesNotContain(0);
    assertThat(Arrays.copyOfRange(gradient, 15, 35)).containsOnly(0);
  }

  @Test
  void whatIsNoBatchIsRefused() {
    int[] two = {1, 2};
    int[] three = {1, 2, 3};
    assertThatThrownBy(() -> ORACLE.gradients(0, 2, two, two, false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("at least one");
    assertThatThrownBy(() -> ORACLE.gradients(1, 2, three, two, false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("tokens");
    assertThatThrownBy(() -> ORACLE.gradients(1, 2, two, three, false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("targets");
    assertThatThrownBy(() -> ORACLE.gradients(Integer.MAX_VALUE, 3, two, two, false))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> ORACLE.gradients(1, 2, new int[] {0, 7}, two, false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("tokens[1]");
    assertThatThrownBy(() -> ORACLE.gradients(1, 2, two, new int[] {-1, 0}, false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("targets[0]");
  }

  @Test
  void aStartThatDoesNotFitIsRefused() {
    int[] two = {1, 2};
    double[] right = new double[5];
    EarlierToken fitting = new EarlierToken(right, right, right, right);
    EarlierToken wrong = new EarlierToken(right, right, new double[4], right);
    TrainingBatch tooFew = new TrainingBatch(1, 2, two, two, false, List.of(fitting));
    TrainingBatch tooShort = new TrainingBatch(1, 2, two, two, false, List.of(fitting, wrong));
    assertThatThrownBy(() -> ORACLE.gradients(tooFew))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("2");
    assertThatThrownBy(() -> ORACLE.gradients(tooShort))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("start.1.att.key");
  }

  @Test
  void anUnknownTensorIsRefused() {
    Gradients gradients = ORACLE.gradients(1, 1, new int[] {1}, new int[] {2}, false);
    assertThatThrownBy(() -> gradients.gradient("blocks.0.ln0.gain"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("blocks.0.ln0.gain");
  }

  @Test
  void aModelTooLargeToDifferentiateIsRefused(@TempDir Path folder) {
    Path file = folder.resolve("large.safetensors");
    SyntheticModel.of(24, 1024, 50277, DType.F32, 1).writeSparse(file);
    try (Checkpoint large = Checkpoint.open(file)) {
      assertThatThrownBy(() -> GradientOracle.of(large))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("weights are too many");
    }
  }
}

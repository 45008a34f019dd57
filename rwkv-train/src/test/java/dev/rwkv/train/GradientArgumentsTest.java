package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.ModelConfig;
import dev.rwkv.error.InvalidArgumentException;
import org.junit.jupiter.api.Test;

class GradientArgumentsTest {
  private static final Parameters WEIGHTS = RandomWeights.of(1, 8, 16, 10, 1);

  @Test
  void tokensOutsideTheVocabularyAreRefusedAndTheModelWorksAfterwards() {
    Batch good = RandomWeights.batch(1, 3, 10, 1);
    try (GradientModel model = GradientModel.of(WEIGHTS.config(), 1)) {
      double before = model.loss(WEIGHTS, good);
      for (int id : new int[] {-1, 10}) {
        Batch wrongToken = new Batch(1, 3, new int[] {0, id, 1}, good.targets());
        Batch wrongTarget = new Batch(1, 3, good.tokens(), new int[] {0, 1, id});
        assertThatThrownBy(() -> model.loss(WEIGHTS, wrongToken))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("token 1 is " + id);
        assertThatThrownBy(() -> model.loss(WEIGHTS, wrongTarget))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("target 2 is " + id);
      }
      assertThat(model.loss(WEIGHTS, good)).isEqualTo(before);
    }
  }

  @Test
  void weightsOfAnotherShapeAreRefused() {
    ModelConfig other = ModelConfig.of("rwkv-4", 1, 8, 16, 11);
    try (GradientModel model = GradientModel.of(other, 1)) {
      assertThatThrownBy(() -> model.loss(WEIGHTS, RandomWeights.batch(1, 3, 10, 1)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("weights");
    }
  }

  @Test
  void otherArchitecturesAndNoThreadsAreRefused() {
    assertThatThrownBy(() -> GradientModel.of(ModelConfig.of("rwkv-9", 1, 8, 16, 11), 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("rwkv-9");
    assertThatThrownBy(() -> GradientModel.of(WEIGHTS.config(), 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("threads");
  }

  @Test
  void aBatchHasAsManyTokensAsItSays() {
    assertThatThrownBy(() -> new Batch(2, 3, new int[6], new int[5]))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("need 6");
    assertThatThrownBy(() -> new Batch(0, 3, new int[0], new int[0]))
        .isInstanceOf(InvalidArgumentException.class);
  }
}

package dev.rwkv.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.ModelConfig;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadOptionsTest {

  @Test
  void everyChoiceIsKeptAndNothingIsChosenByDefault() {
    LoadOptions defaults = LoadOptions.defaults();
    assertThat(defaults.precision()).isEmpty();
    assertThat(defaults.threads()).isEmpty();
    assertThat(defaults.device()).isEmpty();
    assertThat(defaults.dense()).isFalse();
    LoadOptions chosen =
        defaults
            .withDense(true)
            .withThreads(3)
            .withPrecision(DType.Q8_0)
            .withDevice("cuda:1")
            .withThreads(4);
    assertThat(chosen.precision()).contains(DType.Q8_0);
    assertThat(chosen.threads()).hasValue(4);
    assertThat(chosen.device()).contains("cuda:1");
    assertThat(chosen.dense()).isTrue();
    assertThat(chosen.withDense(false).dense()).isFalse();
    assertThat(defaults.threads()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, LoadOptions.MAX_THREADS + 1, Integer.MIN_VALUE})
  void threadNumbersThatAreMistakesAreRefused(int threads) {
    assertThatThrownBy(() -> LoadOptions.defaults().withThreads(threads))
        .isInstanceOfSatisfying(
            InvalidArgumentException.class, e -> assertThat(e.argument()).isEqualTo("threads"));
  }

  @Test
  void availabilityIsUsableOrHasAReason() {
    assertThat(Availability.usable().isUsable()).isTrue();
    assertThat(Availability.usable().reason()).isEmpty();
    assertThat(Availability.because("no driver").isUsable()).isFalse();
    assertThat(Availability.because("no driver").reason()).contains("no driver");
    assertThat(Availability.because("no driver")).hasToString("no driver");
  }

  @Test
  void configurationsAreValues() {
    ModelConfig config = ModelConfig.of("rwkv-4", 12, 768, 3072, 50277);
    assertThat(config.layerNormEpsilon()).isEqualTo(1e-5);
    assertThat(config).hasToString("rwkv-4 L12 C768 F3072 V50277");
    assertThat(config).isEqualTo(ModelConfig.of("rwkv-4", 12, 768, 3072, 50277));
    assertThat(config.withLayerNormEpsilon(1e-6)).isNotEqualTo(config);
    ModelConfig heads = config.withAttribute("headSize", 64);
    assertThat(heads.attribute("headSize")).hasValue(64);
    assertThat(config.attribute("headSize")).isEmpty();
    assertThat(heads.withLayerNormEpsilon(1e-6).attribute("headSize")).hasValue(64);
  }

  @Test
  void messagesAboutFilesAreOneLineWhateverTheFileSays() {
    CheckpointException e =
        new CheckpointException(Path.of("m.pth"), "evil\n\u001b[31mname", "is\rwrong", null);
    assertThat(e).hasMessage("m.pth: tensor 'evil\\u000a\\u001b[31mname': is\\u000dwrong");
    assertThat(e.tensor()).contains("evil\n\u001b[31mname");
    assertThat(new CheckpointException(Path.of("m"), "x".repeat(5000)).getMessage())
        .hasSizeLessThan(1100);
  }

  @Test
  void operandsOfTheOperatorHaveTheirSizes() {
    double[] one = new double[1];
    double[] three = new double[3];
    new Wkv4Operator.Span(3, 1, one, one, three, three, one, one, one);
    new Wkv4Operator.Span(0, 1, one, one, new double[0], new double[0], one, one, one);
    assertThatThrownBy(() -> new Wkv4Operator.Span(2, 1, one, one, three, three, one, one, one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keys");
    // 2^16 · 2^16 is 0 in 32 bits.
    double[] wide = new double[1 << 16];
    assertThatThrownBy(() ->
            new Wkv4Operator.Span(
                1 << 16, 1 << 16, wide, wide, new double[0], new double[0], wide, wide, wide))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Wkv4Operator.Span(-1, 1, one, one, one, one, one, one, one))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

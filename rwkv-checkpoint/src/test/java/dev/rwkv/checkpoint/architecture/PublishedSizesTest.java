package dev.rwkv.checkpoint.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Table 2 of arXiv 2305.13048, on files of those sizes. */
class PublishedSizesTest {
  private static final int VOCABULARY = 50277;
  private static final MathContext FOUR_DIGITS = new MathContext(4);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "12,  768, 1.693e8,  2.613e8",
    "24, 1024, 4.304e8,  7.573e8",
    "24, 2048, 1.515e9,  2.823e9",
    "32, 2560, 2.985e9,  5.710e9",
    "32, 4096, 7.393e9,  1.437e10",
    "40, 5120, 1.415e10, 2.778e10"
  })
  void parametersAndOperationsAreThoseOfThePaper(
      int layers, int width, BigDecimal parameters, BigDecimal flops) {
    Path file = folder.resolve("model.safetensors");
    SyntheticModel.of(layers, width, VOCABULARY, DType.BF16, 0).writeSparse(file);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      Architecture architecture = Architectures.of(checkpoint);
      ModelConfig config = architecture.config(checkpoint);
      assertThat(config).isEqualTo(ModelConfig.of("rwkv-4", layers, width, 4 * width, VOCABULARY));
      assertThat(new BigDecimal(architecture.parameters(config)).round(FOUR_DIGITS))
          .isEqualByComparingTo(parameters);
      assertThat(new BigDecimal(architecture.flopsPerToken(config)).round(FOUR_DIGITS))
          .isEqualByComparingTo(flops);
      assertThat(architecture.parameters(config))
          .as("2VC + 13C²L + C(11L + 4)")
          .isEqualTo(
              2L * VOCABULARY * width + 13L * width * width * layers + width * (11L * layers + 4));
    }
  }
}

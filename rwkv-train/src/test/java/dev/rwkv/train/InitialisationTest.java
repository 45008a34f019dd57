package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.train.Initialisation.Embedding;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InitialisationTest {
  private static final ModelConfig SHAPE = ModelConfig.of("rwkv-4", 3, 24, 96, 300);
  private static final double RATE = 6e-4;

  @Test
  void theSameSeedGivesTheSameWeightsAndAnotherOthers() {
    Initialisation code = Initialisation.code(RATE);
    Parameters one = code.weights(SHAPE, 5);

    for (String name : new String[] {"emb.weight", "head.weight", "blocks.2.ffn.key.weight"}) {
      assertThat(code.weights(SHAPE, 5).values(name)).isEqualTo(one.values(name));
      assertThat(code.weights(SHAPE, 6).values(name)).isNotEqualTo(one.values(name));
    }
  }

  @Test
  void theSmallEmbeddingIsUniformInItsRange() {
    checkUniform(Initialisation.code(RATE).weights(SHAPE, 1).values("emb.weight"), RATE);
    checkUniform(Initialisation.paper().weights(SHAPE, 1).values("emb.weight"), 1e-4);
  }

  private static void checkUniform(float[] values, double range) {
    for (float value : values) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo((float) range);
    }
    // 7,200 numbers: five standard errors of mean and variance.
    assertThat(mean(values)).isCloseTo(0, within(5 * range / Math.sqrt(3 * 7200)));
    assertThat(deviation(values)).isCloseTo(range / Math.sqrt(3), within(0.05 * range));
  }

  @Test
  void theNormalEmbeddingHasADeviationOfOneFiftieth() {
    float[] values =
        Initialisation.code(RATE)
            .withEmbedding(Embedding.NORMAL)
            .weights(SHAPE, 1)
            .values("emb.weight");

    assertThat(deviation(values)).isCloseTo(0.02, within(5 * 0.02 / Math.sqrt(2 * 7200)));
    assertThat(mean(values)).isCloseTo(0, within(5 * 0.02 / Math.sqrt(7200)));
  }

  @Test
  void theCodeBeginsWithOrthogonalMatricesOfItsGains() {
    Parameters weights = Initialisation.code(RATE).weights(SHAPE, 2);

    checkOrthogonal(weights.values("blocks.1.att.value.weight"), 24, 24, 1);
    checkOrthogonal(weights.values("blocks.0.ffn.key.weight"), 96, 24, 2);
    checkOrthogonal(weights.values("head.weight"), 300, 24, 0.5 * Math.sqrt(300 / 24.0));
    ModelConfig narrow = ModelConfig.of("rwkv-4", 1, 24, 10, 5);
    Parameters few = Initialisation.code(RATE).weights(narrow, 2);
    checkOrthogonal(few.values("blocks.0.ffn.key.weight"), 10, 24, 1);
    checkOrthogonal(few.values("head.weight"), 5, 24, 0.5);
  }

  private static void checkOrthogonal(float[] matrix, int rows, int columns, double gain) {
    boolean tall = rows >= columns;
    int count = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j <= i; j++) {
        double product = 0;
        for (int k = 0; k < length; k++) {
          double x = tall ? matrix[k * columns + i] : matrix[i * columns + k];
          double y = tall ? matrix[k * columns + j] : matrix[j * columns + k];
          product += x * y;
        }
        assertThat(product).isCloseTo(i == j ? gain * gain : 0, within(1e-6 * gain * gain));
      }
    }
  }

  @Test
  void whatTheCodeSetsToZeroIsZero() {
    Parameters weights = Initialisation.code(RATE).weights(SHAPE, 3);

    for (String name :
        new String[] {
          "att.key", "att.receptance", "att.output", "ffn.receptance", "ffn.value",
        }) {
      assertThat(weights.values("blocks.1." + name + ".weight")).containsOnly(0);
    }
  }

  @Test
  void thePaperBeginsWithItsOutputsAndZeros() {
    Parameters weights = Initialisation.paper().weights(SHAPE, 4);

    for (String name : new String[] {"att.output", "ffn.value"}) {
      float[] values = weights.values("blocks.1." + name + ".weight");
      assertThat(deviation(values)).isCloseTo(2, within(5 * 2 / Math.sqrt(2 * values.length)));
    }
    for (String name :
        new String[] {"att.key", "att.receptance", "att.value", "ffn.receptance", "ffn.key"}) {
      assertThat(weights.values("blocks.1." + name + ".weight")).containsOnly(0);
    }
  }

  @Test
  void vectorsFollowTheFormulas() {
    Parameters code = Initialisation.code(RATE).weights(SHAPE, 1);
    Parameters paper = Initialisation.paper().weights(SHAPE, 1);
    for (int l = 0; l < 3; l++) {
      for (int i = 0; i < 24; i++) {
        double share = i / 24.0;
        double falling = 1 - l / 3.0;
        double rising = l / 2.0;
        String block = "blocks." + l + ".";
        check(code, block + "att.time_mix_k", i, Math.pow(share, falling));
        check(code, block + "att.time_mix_v", i, Math.pow(share, falling) + 0.3 * rising);
        check(code, block + "att.time_mix_r", i, Math.pow(share, 0.5 * falling));
        check(paper, block + "att.time_mix_r", i, 0.5 * Math.pow(share, falling));
        check(code, block + "ffn.time_mix_k", i, Math.pow(share, falling));
        check(paper, block + "ffn.time_mix_r", i, Math.pow(share, falling));
        double decay = -5 + 8 * Math.pow(i / 23.0, 0.7 + 1.3 * rising);
        check(code, block + "att.time_decay", i, decay);
        check(paper, block + "att.time_decay", i, decay);
        double[] zigzag = {0, 0.5, -0.5};
        check(code, block + "att.time_first", i, zigzag[i % 3] + Math.log(0.3));
      }
      assertThat(code.values("blocks." + l + ".ln1.weight")).containsOnly(1);
      assertThat(code.values("blocks." + l + ".ln2.bias")).containsOnly(0);
    }
    assertThat(code.values("blocks.0.ln0.weight")).containsOnly(1);
    assertThat(code.values("ln_out.weight")).containsOnly(1);
  }

  @Test
  void oneLayerAndOneChannelHaveFiniteWeights() {
    Parameters weights = Initialisation.code(RATE).weights(ModelConfig.of("rwkv-4", 1, 1, 1, 1), 1);

    for (TensorSpec spec : weights.specs()) {
      for (float value : weights.values(spec.name())) {
        assertThat(Float.isFinite(value)).as(spec.name()).isTrue();
      }
    }
  }

  private static void check(Parameters weights, String name, int i, double expected) {
    assertThat((double) weights.values(name)[i])
        .as(name + "[" + i + "]")
        .isCloseTo(expected, within(1e-6));
  }

  private static double mean(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElseThrow();
  }

  private static double deviation(float[] values) {
    double mean = mean(values);
    return Math.sqrt(
        IntStream.range(0, values.length)
            .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
            .average()
            .orElseThrow());
  }
}

package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.WeightTraffic;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a step reads, and that reading zeros as well changes nothing else. */
class WeightTrafficTest {
  // Whole panels at every width, so that nothing is padded.
  private static final int LAYERS = 2;
  private static final int WIDTH = 64;
  private static final int HIDDEN = 128;
  private static final int VOCABULARY = 192;
  private static final SyntheticModel MODEL =
      new SyntheticModel(ModelConfig.of("rwkv-4", LAYERS, WIDTH, HIDDEN, VOCABULARY), DType.F32, 5);

  private static Model load(DType precision, boolean dense) {
    return new VectorProvider()
        .load(
            MODEL.open(),
            LoadOptions.defaults().withThreads(2).withPrecision(precision).withDense(dense));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "F16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0"})
  void aStepReadsEveryMatrixOnceInItsPrecision(DType precision) {
    try (Model model = load(precision, false)) {
      WeightTraffic traffic = model.weightTraffic().orElseThrow();
      DType head = precision.isQuantised() ? DType.F32 : precision;
      long value = precision.bytes((long) WIDTH * HIDDEN);
      long block = precision.bytes(5L * WIDTH * WIDTH + (long) WIDTH * HIDDEN) + value;
      assertThat(traffic.denseBytesPerStep())
          .isEqualTo(LAYERS * block + head.bytes((long) VOCABULARY * WIDTH));
      assertThat(traffic.skippableBytesPerStep()).isEqualTo(LAYERS * value);
      assertThat(traffic.zeroShare()).isNaN();
    }
  }

  @Test
  void zerosAreCountedInSingleSteps() {
    try (Model model = load(DType.F32, false);
        Session session = model.newSession()) {
      session.prefill(1, 2, 3);
      assertThat(model.weightTraffic().orElseThrow().zeroShare()).isNaN();
      session.step(4);
      WeightTraffic traffic = model.weightTraffic().orElseThrow();
      // Keys of random weights are as often negative as positive.
      assertThat(traffic.zeroShare()).isBetween(0.2, 0.8);
      assertThat(traffic.channelsSeen()).isEqualTo(LAYERS * HIDDEN);
      assertThat(traffic.bytesPerStep()).isLessThan((double) traffic.denseBytesPerStep());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "Q4_0"})
  void readingTheZerosAsWellChangesNoBit(DType precision) {
    try (Model sparse = load(precision, false);
        Model dense = load(precision, true);
        Session skipping = sparse.newSession();
        Session reading = dense.newSession()) {
      for (int token = 0; token < 20; token++) {
        assertThat(reading.step(token).toFloats()).isEqualTo(skipping.step(token).toFloats());
      }
      assertThat(reading.snapshot()).isEqualTo(skipping.snapshot());
      WeightTraffic traffic = dense.weightTraffic().orElseThrow();
      assertThat(traffic.zeroShare()).isNaN();
      assertThat(traffic.bytesPerStep()).isEqualTo((double) traffic.denseBytesPerStep());
    }
  }
}

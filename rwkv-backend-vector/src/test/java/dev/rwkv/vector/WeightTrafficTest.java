package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.WeightTraffic;
import dev.rwkv.checkpoint.Progress;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
      assertThat(traffic.bytesPerStep()).isLessThanOrEqualTo((double) traffic.denseBytesPerStep());
    }
  }

  /** Reads the weights of a model whose hidden channels are zero but for one in sixteen. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "F16", "Q4_0"})
  void leavingZerosOutSavesBytesAndChangesNoBit(DType precision, @TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("sparse.safetensors");
    MODEL.write(file, Progress.NONE);
    for (int layer = 0; layer < LAYERS; layer++) {
      clearKeys(file, "blocks." + layer + ".ffn.key.weight");
    }
    LoadOptions options = LoadOptions.defaults().withThreads(2).withPrecision(precision);
    try (Model skips = new VectorProvider().load(Checkpoint.open(file), options);
        Model reads = new VectorProvider().load(Checkpoint.open(file), options.withDense(true));
        Session skipping = skips.newSession();
        Session reading = reads.newSession()) {
      for (int token = 0; token < 20; token++) {
        assertThat(skipping.step(token).toFloats()).isEqualTo(reading.step(token).toFloats());
      }
      assertThat(skipping.snapshot()).isEqualTo(reading.snapshot());
      WeightTraffic traffic = skips.weightTraffic().orElseThrow();
      assertThat(traffic.zeroShare()).isGreaterThanOrEqualTo(15.0 / 16);
      assertThat(traffic.channelsSkipped())
          .isEqualTo(precision.isQuantised() ? 0 : traffic.channelsZero());
      WeightTraffic dense = reads.weightTraffic().orElseThrow();
      assertThat(dense.zeroShare()).isEqualTo(traffic.zeroShare());
      assertThat(dense.bytesPerStep()).isEqualTo((double) dense.denseBytesPerStep());
    }
  }

  /** Makes rows of a matrix zero in a file, but for every sixteenth. */
  private static void clearKeys(Path file, String matrix) throws IOException {
    byte[] data;
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      data = checkpoint.tensor(matrix).data().toArray(ValueLayout.JAVA_BYTE);
    }
    byte[] whole = Files.readAllBytes(file);
    int at = 0;
    while (!Arrays.equals(whole, at, at + data.length, data, 0, data.length)) {
      at++;
    }
    int rowBytes = data.length / HIDDEN;
    for (int row = 0; row < HIDDEN; row++) {
      if (row % 16 != 0) {
        Arrays.fill(whole, at + row * rowBytes, at + (row + 1) * rowBytes, (byte) 0);
      }
    }
    Files.write(file, whole);
  }
}

package dev.rwkv.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticModelTest {
  @TempDir Path folder;

  @Test
  void bytesDoNotDependOnTheNumberOfThreads() throws IOException {
    // Wide enough for several parts a tensor, and no multiple of a span.
    SyntheticModel model = SyntheticModel.of(1, 613, 1500, DType.F32, 7);
    Path one = folder.resolve("one.safetensors");
    model.write(one, Progress.NONE, 1);
    for (int threads : new int[] {2, 3, 8}) {
      Path many = folder.resolve(threads + ".safetensors");
      model.write(many, Progress.NONE, threads);
      assertThat(Files.mismatch(one, many)).as("%d threads", threads).isEqualTo(-1);
    }
  }

  @Test
  void theSameModelIsThereInMemory() throws IOException {
    SyntheticModel model = SyntheticModel.of(2, 37, 53, DType.F32, 3);
    Path file = folder.resolve("m.safetensors");
    model.write(file, Progress.NONE);
    RawSafetensors raw = RawSafetensors.read(file);
    try (Checkpoint memory = model.open()) {
      for (String name : memory.names()) {
        assertThat(memory.tensor(name).toFloats()).as(name).isEqualTo(raw.floats(name));
      }
    }
  }

  @Test
  void anotherSeedIsAnotherModelAndNoTwoTensorsAreAlike() {
    try (Checkpoint a = SyntheticModel.of(2, 32, 40, DType.F32, 1).open();
        Checkpoint b = SyntheticModel.of(2, 32, 40, DType.F32, 2).open()) {
      assertThat(a.fingerprint()).isNotEqualTo(b.fingerprint());
      float[] key = a.tensor("blocks.0.att.key.weight").toFloats();
      assertThat(key).isNotEqualTo(b.tensor("blocks.0.att.key.weight").toFloats());
      assertThat(key).isNotEqualTo(a.tensor("blocks.0.att.value.weight").toFloats());
      assertThat(key).isNotEqualTo(a.tensor("blocks.1.att.key.weight").toFloats());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void otherTypesHoldTheSameNumbersRounded(DType dtype) {
    double relative = dtype == DType.F16 ? 0x1p-11 : 0x1p-8;
    try (Checkpoint wide = SyntheticModel.of(2, 48, 33, DType.F32, 5).open();
        Checkpoint narrow = SyntheticModel.of(2, 48, 33, dtype, 5).open()) {
      for (String name : wide.names()) {
        double[] expected = wide.tensor(name).toDoubles();
        double[] actual = narrow.tensor(name).toDoubles();
        for (int i = 0; i < expected.length; i++) {
          assertThat(actual[i])
              .as("%s[%d]", name, i)
              .isEqualTo(expected[i], within(Math.abs(expected[i]) * relative + 0x1p-24));
        }
      }
    }
  }

  @Test
  void matricesAreNormalWithADeviationOfOneOverTheRootOfTheirColumns() {
    try (Checkpoint model = SyntheticModel.of(4, 256, 300, DType.F32, 11).open()) {
      assertNormal(model, "emb.weight", 1);
      assertNormal(model, "blocks.1.att.key.weight", 1 / 16.0);
      assertNormal(model, "blocks.3.ffn.key.weight", 1 / 16.0);
      assertNormal(model, "blocks.2.att.output.weight", 1 / 32.0);
      assertNormal(model, "blocks.2.ffn.value.weight", 1 / 64.0);
      assertNormal(model, "head.weight", 2 / 16.0);
    }
  }

  private static void assertNormal(Checkpoint model, String name, double deviation) {
    double[] values = model.tensor(name).toDoubles();
    double n = values.length;
    double mean = Arrays.stream(values).sum() / n;
    double square = Arrays.stream(values).map(v -> v * v).sum() / n;
    double fourth = Arrays.stream(values).map(v -> v * v * v * v).sum() / n;
    // Five standard errors of each estimate.
    assertThat(mean).as("mean of %s", name).isEqualTo(0, within(5 * deviation / Math.sqrt(n)));
    assertThat(Math.sqrt(square))
        .as("deviation of %s", name)
        .isEqualTo(deviation, within(5 * deviation / Math.sqrt(2 * n)));
    assertThat(fourth / (square * square))
        .as("kurtosis of %s", name)
        .isEqualTo(3, within(5 * Math.sqrt(24 / n)));
  }

  /** An input of normal numbers stands for what a layer norm gives. */
  @Test
  void aboutHalfOfTheChannelMixKeysAreNegativeAndBlocksAddAboutOneOverTheRootOfL() {
    int width = 128;
    int layers = 4;
    try (Checkpoint checkpoint = SyntheticModel.of(layers, width, 32, DType.F32, 9).open()) {
      Random random = new Random(1);
      double[] input = random.doubles(width).map(i -> random.nextGaussian()).toArray();
      for (Rwkv4Weights.Layer layer : Rwkv4Weights.of(checkpoint).layers()) {
        double[] key = times(layer.channelMix().key(), input);
        double zeroShare = Arrays.stream(key).filter(k -> k <= 0).count() / (double) key.length;
        assertThat(zeroShare).isBetween(0.4, 0.6);
        assertThat(deviation(key)).isBetween(0.7, 1.4);
        double[] activated = Arrays.stream(key).map(k -> k <= 0 ? 0 : k * k).toArray();
        double[] added = times(layer.channelMix().value(), activated);
        assertThat(deviation(added) * Math.sqrt(layers)).isBetween(0.6, 2.0);
        assertThat(deviation(times(layer.timeMix().output(), input)) * Math.sqrt(layers))
            .isBetween(0.7, 1.4);
      }
      assertThat(deviation(times(checkpoint.tensor("head.weight"), input))).isBetween(1.2, 3.0);
    }
  }

  private static double[] times(TensorView matrix, double[] input) {
    double[] weights = matrix.toDoubles();
    double[] output = new double[weights.length / input.length];
    for (int i = 0; i < weights.length; i++) {
      output[i / input.length] += weights[i] * input[i % input.length];
    }
    return output;
  }

  private static double deviation(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).average().orElseThrow());
  }

  @Test
  void decayBonusAndMixingAreThoseAtTheStartOfATraining() {
    int width = 12;
    int layers = 3;
    try (Checkpoint model = SyntheticModel.of(layers, width, 16, DType.F32, 1).open()) {
      for (int layer = 0; layer < layers; layer++) {
        String block = "blocks." + layer + ".";
        double depth = layer / (layers - 1.0);
        double rest = 1 - layer / (double) layers;
        for (int i = 0; i < width; i++) {
          double share = i / (double) width;
          double decay = -5 + 8 * Math.pow(i / (width - 1.0), 0.7 + 1.3 * depth);
          assertElement(model, block + "att.time_decay", i, decay);
          assertElement(
              model, block + "att.time_first", i, ((i + 1) % 3 - 1) * 0.5 + Math.log(0.3));
          assertElement(model, block + "att.time_mix_k", i, Math.pow(share, rest));
          assertElement(model, block + "att.time_mix_v", i, Math.pow(share, rest) + 0.3 * depth);
          assertElement(model, block + "att.time_mix_r", i, Math.pow(share, 0.5 * rest));
          assertElement(model, block + "ffn.time_mix_k", i, Math.pow(share, rest));
          assertElement(model, block + "ffn.time_mix_r", i, Math.pow(share, rest));
        }
      }
    }
  }

  private static void assertElement(Checkpoint model, String name, int index, double expected) {
    assertThat(model.tensor(name).get(index))
        .as("%s[%d]", name, index)
        .isEqualTo((float) expected, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "1,2,1", "3,5,7", "2,33,65"})
  void anyShapeMakesAValidModel(int layers, int dim, int vocabulary) {
    try (Checkpoint model = SyntheticModel.of(layers, dim, vocabulary, DType.BF16, 1).open()) {
      assertThat(Rwkv4Weights.of(model).config())
          .isEqualTo(ModelConfig.of("rwkv-4", layers, dim, 4 * dim, vocabulary));
      assertThat(model.firstNonFinite()).isEmpty();
    }
  }

  @Test
  void theFeedForwardWidthIsFree() {
    ModelConfig config = ModelConfig.of("rwkv-4", 2, 8, 12, 10);
    try (Checkpoint model = new SyntheticModel(config, DType.F32, 1).open()) {
      assertThat(Rwkv4.INSTANCE.config(model)).isEqualTo(config);
    }
  }

  @Test
  void aSparseFileHasTheSizeOfTheModel() throws IOException {
    Path file = folder.resolve("14b.safetensors");
    SyntheticModel.of(40, 5120, 50277, DType.F16, 0).writeSparse(file);
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "r")) {
      long headerBytes = Long.reverseBytes(raw.readLong());
      assertThat(raw.length()).isEqualTo(8 + headerBytes + 2 * 14_148_597_760L);
    }
  }

  @Test
  void progressGrowsToTheTotal() {
    long[] last = {0, 0};
    SyntheticModel.of(2, 300, 3000, DType.F32, 1)
        .write(
            folder.resolve("p.safetensors"),
            (tensor, done, total) -> {
              assertThat(done).isBetween(last[0], total);
              last[0] = done;
              last[1] = total;
            });
    assertThat(last[0]).isPositive().isEqualTo(last[1]);
  }

  @Test
  void impossibleShapesAreRefusedByTheNameOfTheOption() {
    assertRefused("layers", 0, 8, 8, DType.F32);
    assertRefused("layers", 1_000_000_000, 8, 8, DType.F32);
    assertRefused("dim", 1, -1, 8, DType.F32);
    assertRefused("dim", 1, Integer.MAX_VALUE, 8, DType.F32);
    assertRefused("vocab", 1, 8, 0, DType.F32);
    assertRefused("dtype", 1, 32, 8, DType.Q8_0);
    assertThatThrownBy(() -> new SyntheticModel(ModelConfig.of("rwkv-7", 1, 8, 8, 8), DType.F32, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("rwkv-7");
  }

  private static void assertRefused(
      String argument, int layers, int dim, int vocabulary, DType dtype) {
    assertThatThrownBy(() -> SyntheticModel.of(layers, dim, vocabulary, dtype, 1))
        .isInstanceOfSatisfying(
            InvalidArgumentException.class, e -> assertThat(e.argument()).isEqualTo(argument));
  }
}

package dev.rwkv.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import dev.rwkv.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversionTest {
  private static final String MINI = "models/mini-v4-a-";
  private static final String DECAY = ".att.decay";
  private static final String RAW_DECAY = ".att.time_decay";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "mini-v4-a, Q4_0",
    "mini-v4-a, Q4_1",
    "mini-v4-a, Q5_0",
    "mini-v4-a, Q5_1",
    "mini-v4-a, Q8_0",
    "mini-v4-a, FP16",
    "mini-v4-a, FP32",
    "tiny-rwkv-4v0-660K, Q5_0",
    "tiny-rwkv-4v0-660K, Q5_1"
  })
  void rwkvCppFilesComeOutByteForByteAsItsOwnToolsMakeThem(String model, String type) {
    Path made = folder.resolve("made.bin");
    convert(SharedData.path("models/" + model + "-FP32.bin"), made, precision(type));
    assertSameBytes(made, SharedData.path("models/" + model + "-" + type + ".bin"));
  }

  @Test
  void aFileOfAnEarlierVersionDiffersInTheVersionAlone() throws IOException {
    Path made = folder.resolve("made.bin");
    convert(SharedData.path("models/tiny-rwkv-4v0-660K-FP32.bin"), made, DType.F16);
    byte[] theirs = Files.readAllBytes(SharedData.path("models/tiny-rwkv-4v0-660K-FP16.bin"));
    assertThat(theirs[4]).isEqualTo((byte) 100);
    theirs[4] = 101;
    assertThat(made).hasBinaryContent(theirs);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "FP16", "FP32"})
  void withoutAPrecisionARwkvCppFileComesOutAsItWas(String type) {
    Path original = SharedData.path(MINI + type + ".bin");
    Path made = folder.resolve("made.bin");
    convert(original, made, null);
    assertSameBytes(made, original);
  }

  /**
   * From the original weights the decay is computed here, and may differ from torch's exp by 1 ulp.
   */
  @ParameterizedTest
  @ValueSource(strings = {"Q4_0", "Q5_1", "Q8_0", "FP16", "FP32"})
  void fromTheOriginalWeightsOnlyTheDecayIsComputed(String type) {
    Path made = folder.resolve("made.bin");
    convert(SharedData.path(MINI + "fp32.pth"), made, precision(type));
    try (Checkpoint ours = Checkpoint.open(made);
        Checkpoint theirs = Checkpoint.open(SharedData.path(MINI + type + ".bin"))) {
      assertThat(List.copyOf(ours.names())).isEqualTo(List.copyOf(theirs.names()));
      for (String name : theirs.names()) {
        if (!name.endsWith(DECAY)) {
          assertSameTensor(ours.tensor(name), theirs.tensor(name));
          continue;
        }
        float[] expected = theirs.tensor(name).toFloats();
        float[] actual = ours.tensor(name).toFloats();
        for (int i = 0; i < expected.length; i++) {
          assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(Math.ulp(expected[i]));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"BF16, bf16.safetensors", "F16, fp16.pth", "BF16, bf16.pth", "F32, fp32.safetensors"})
  void aWholeModelInOneTypeIsWhatThePublishedOnesAre(DType dtype, String published) {
    Path made = folder.resolve("made.safetensors");
    convert(SharedData.path(MINI + "fp32.pth"), made, dtype);
    try (Checkpoint ours = Checkpoint.open(made);
        Checkpoint theirs = Checkpoint.open(SharedData.path(MINI + published))) {
      assertThat(List.copyOf(ours.names())).isEqualTo(List.copyOf(theirs.names()));
      for (String name : theirs.names()) {
        assertThat(ours.tensor(name).dtype()).isEqualTo(dtype);
        assertSameTensor(ours.tensor(name), theirs.tensor(name));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"fp32.pth", "fp32-legacy.pth", "fp16.pth", "bf16.pth", "bf16.safetensors"})
  void throughEveryFormatAndBackTheModelIsTheSame(String file) {
    Path one = folder.resolve("one.safetensors");
    Path two = folder.resolve("two.bin");
    Path three = folder.resolve("three.SAFETENSORS");
    convert(SharedData.path(MINI + file), one, null);
    convert(one, two, null);
    convert(two, three, null);
    try (Checkpoint start = Checkpoint.open(SharedData.path(MINI + file));
        Checkpoint middle = Checkpoint.open(one);
        Checkpoint binary = Checkpoint.open(two);
        Checkpoint end = Checkpoint.open(three)) {
      assertThat(List.copyOf(middle.names())).isEqualTo(List.copyOf(start.names()));
      assertThat(List.copyOf(end.names())).isEqualTo(List.copyOf(start.names()));
      assertThat(List.of(middle, binary, end))
          .extracting(Checkpoint::fingerprint)
          .containsOnly(start.fingerprint());
      for (String name : start.names()) {
        TensorView first = start.tensor(name);
        assertSameTensor(middle.tensor(name), first);
        assertThat(end.tensor(name).shape()).as(name).isEqualTo(first.shape());
        double[] expected = first.toDoubles();
        double[] actual = end.tensor(name).toDoubles();
        for (int i = 0; i < expected.length; i++) {
          // Two roundings to f32, of w and of its logarithm: see SafetensorsTarget.
          double bound = name.endsWith(RAW_DECAY) ? 0x1.01p-24 * (1 + Math.abs(expected[i])) : 0;
          assertThat(Math.abs(actual[i] - expected[i]))
              .as("%s[%d]", name, i)
              .isLessThanOrEqualTo(bound);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
  void dequantisingWritesTheDecodedNumbers(String type) {
    Path made = folder.resolve("made.safetensors");
    Path quantised = SharedData.path(MINI + type + ".bin");
    convert(quantised, made, DType.F32);
    try (Checkpoint source = Checkpoint.open(quantised);
        Checkpoint plain = Checkpoint.open(made)) {
      for (String name : source.names()) {
        if (name.endsWith(DECAY)) {
          continue;
        }
        assertThat(plain.tensor(name).dtype()).isEqualTo(DType.F32);
        assertThat(plain.tensor(name).toFloats()).isEqualTo(source.tensor(name).toFloats());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "I64", "BF16"},
      mode = EnumSource.Mode.EXCLUDE)
  void aFileHoldsWhatTheSamePrecisionHoldsInMemory(DType dtype) {
    Path made = folder.resolve("made.bin");
    EditedCheckpoint model = EditedCheckpoint.model(2, 32, 45);
    Conversion.of(model).withPrecision(dtype).write(made);
    try (Checkpoint file = Checkpoint.open(made);
        Requantised memory = Requantised.of(model, dtype)) {
      for (String name : memory.names()) {
        if (!name.endsWith(RAW_DECAY)) {
          assertSameTensor(file.tensor(name), memory.tensor(name));
        }
      }
    }
  }

  @Test
  void aHalfPrecisionModelQuantisesWithItsHeadAsItIsOrWider() {
    for (String half : List.of("fp16.pth", "bf16.pth")) {
      Path made = folder.resolve("made.bin");
      convert(SharedData.path(MINI + half), made, DType.Q8_0);
      try (Checkpoint file = Checkpoint.open(made);
          Checkpoint source = Checkpoint.open(SharedData.path(MINI + half))) {
        DType expected = half.startsWith("fp16") ? DType.F16 : DType.F32;
        for (String name : List.of("emb.weight", "head.weight")) {
          assertThat(file.tensor(name).dtype()).isEqualTo(expected);
          assertThat(file.tensor(name).toDoubles()).isEqualTo(source.tensor(name).toDoubles());
        }
        assertThat(file.tensor("blocks.2.ffn.value.weight").dtype()).isEqualTo(DType.Q8_0);
        assertThat(file.tensor("blocks.2.ln1.weight").dtype()).isEqualTo(DType.F32);
      }
    }
  }

  @Test
  void mixingVectorsGetBackTheirOriginalShape() {
    Path made = folder.resolve("made.safetensors");
    convert(SharedData.path(MINI + "FP32.bin"), made, null);
    try (Checkpoint file = Checkpoint.open(made)) {
      assertThat(file.tensor("blocks.1.ffn.time_mix_r").shape()).isEqualTo(Shape.of(1, 1, 96));
      assertThat(file.tensor("blocks.1.att.time_first").shape()).isEqualTo(Shape.of(96));
    }
  }

  @Test
  void factsBesideTheTensorsAreKeptOrTheConversionIsRefused() {
    EditedCheckpoint model =
        EditedCheckpoint.model(1, 32, 9).stating("layer_norm_epsilon", "1e-3").stating("a", "b");
    Path made = folder.resolve("made.safetensors");
    Conversion.of(model).write(made);
    try (Checkpoint file = Checkpoint.open(made)) {
      assertThat(file.metadata())
          .containsEntry("layer_norm_epsilon", "1e-3")
          .containsEntry("a", "b");
    }
    assertRefused(Conversion.of(model), folder.resolve("made.bin"), "layer_norm_epsilon");
  }

  @Test
  void whatAFormatCannotHoldIsRefusedWithAWayOut() {
    EditedCheckpoint model = EditedCheckpoint.model(1, 32, 9);
    Path safetensors = folder.resolve("made.safetensors");
    Path bin = folder.resolve("made.bin");
    assertRefused(Conversion.of(model).withPrecision(DType.Q4_0), safetensors, ".bin file instead");
    assertRefused(Conversion.of(model).withPrecision(DType.BF16), bin, "cannot hold bf16");
    model.with("blocks.0.att.key.weight", DType.Q4_0, 32, 32);
    assertRefused(Conversion.of(model), safetensors, ".bin file instead");
    for (DType dtype : List.of(DType.I64, DType.F64)) {
      assertThatThrownBy(() -> Conversion.of(model).withPrecision(dtype))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("f32, f16, bf16, q4_0, q4_1, q5_0, q5_1, q8_0");
    }
    assertThat(safetensors).doesNotExist();
    assertThat(bin).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model", "model.pth", "model.gguf", "safetensors", "model.bin.bak"})
  void anUnknownEndingIsRefused(String name) {
    assertRefused(
        Conversion.of(EditedCheckpoint.model(1, 4, 4)),
        folder.resolve(name),
        "choose .safetensors or .bin");
  }

  @Test
  void aFileIsNotConvertedOntoItself() throws IOException {
    Path file = folder.resolve("m.safetensors");
    SyntheticModel.of(1, 32, 9, DType.F32, 1).write(file, Progress.NONE);
    byte[] before = Files.readAllBytes(file);
    Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), file);
    Path indirect = folder.resolve("x/../m.safetensors");
    Files.createDirectory(folder.resolve("x"));
    try (Checkpoint source = Checkpoint.open(file)) {
      for (Path same : List.of(file, link, indirect)) {
        assertRefused(Conversion.of(source), same, "is the file to be converted");
      }
    }
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void aFolderIsNotConvertedOntoItsOwnFiles() throws IOException {
    EditedCheckpoint model = EditedCheckpoint.model(1, 32, 9).from(folder);
    Path shard = Files.writeString(folder.resolve("model.safetensors"), "shard");
    assertRefused(Conversion.of(model), shard, "folder to be converted");
    assertThat(shard).hasContent("shard");
    Conversion.of(model).write(folder.resolve("another.bin"));
  }

  @Test
  void onlyACompleteModelIsConverted() {
    EditedCheckpoint broken = EditedCheckpoint.model(2, 32, 9).without("blocks.1.ln2.bias");
    assertRefused(Conversion.of(broken), folder.resolve("m.bin"), "blocks.1.ln2.bias");
    assertThat(folder.resolve("m.bin")).doesNotExist();
  }

  @Test
  void aWeightThatCannotBeStoredEndsTheConversionAndKeepsTheOldFile() throws IOException {
    EditedCheckpoint model = EditedCheckpoint.model(1, 32, 9).withElement("head.weight", 77, -1e6f);
    for (String name : List.of("m.safetensors", "m.bin")) {
      Path old = Files.writeString(folder.resolve(name), "old");
      assertThatThrownBy(() -> Conversion.of(model).withPrecision(DType.F16).write(old))
          .isInstanceOfSatisfying(
              CheckpointException.class, e -> assertThat(e.tensor()).contains("head.weight"))
          .hasMessageContaining("element 77")
          .hasMessageContaining("edited.safetensors");
      assertThat(old).hasContent("old");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.5f, Float.NaN, Float.NEGATIVE_INFINITY})
  void aReadyDecayThatIsNoneIsRefusedByName(float wrong) {
    EditedCheckpoint model =
        EditedCheckpoint.model(1, 32, 9)
            .with("blocks.0.att.decay", DType.F32, 32)
            .without("blocks.0.att.time_decay");
    for (int i = 0; i < 32; i++) {
      model.withElement("blocks.0.att.decay", i, i == 9 ? wrong : -0.5f);
    }
    assertRefused(Conversion.of(model), folder.resolve("m.safetensors"), "blocks.0.att.decay");
  }

  @ParameterizedTest
  @ValueSource(strings = {"m.safetensors", "m.bin"})
  void progressTellsEveryTensorOnceInOrderAndEndsAtTheTotal(String name) {
    EditedCheckpoint model = EditedCheckpoint.model(2, 32, 9);
    Set<String> heard = new TreeSet<>();
    long[] last = new long[2];
    Conversion.of(model)
        .withProgress((tensor, done, total) -> {
          heard.add(tensor);
          assertThat(done).isBetween(last[0], total);
          last[0] = done;
          last[1] = total;
        })
        .write(folder.resolve(name));
    assertThat(heard).isEqualTo(new TreeSet<>(model.names()));
    assertThat(last[0]).isPositive().isEqualTo(last[1]);
  }

  private static void convert(Path in, Path out, DType precision) {
    try (Checkpoint source = Checkpoint.open(in)) {
      Conversion conversion = Conversion.of(source);
      (precision == null ? conversion : conversion.withPrecision(precision)).write(out);
    }
  }

  private static DType precision(String type) {
    return DType.ofLabel(type.toLowerCase(Locale.ROOT).replace("fp", "f")).orElseThrow();
  }

  private static void assertRefused(Conversion conversion, Path target, String reason) {
    assertThatThrownBy(() -> conversion.write(target))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(reason);
  }

  private static void assertSameBytes(Path actual, Path expected) {
    try {
      assertThat(Files.mismatch(actual, expected)).as("first byte that differs").isEqualTo(-1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertSameTensor(TensorView actual, TensorView expected) {
    assertThat(actual.dtype()).as(expected.name()).isEqualTo(expected.dtype());
    assertThat(actual.shape().squeeze()).as(expected.name()).isEqualTo(expected.shape().squeeze());
    assertThat(actual.data().mismatch(expected.data())).as(expected.name()).isEqualTo(-1);
  }
}

package dev.rwkv.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {
  private static final Fingerprint MODEL = new Fingerprint("0123456789abcdef0123456789abcdef");
  private static final StateLayout LAYOUT =
      StateLayout.of(
          "rwkv-4",
          List.of(
              new StateLayout.Component("blocks.0.att.shift", Shape.of(3), 0),
              new StateLayout.Component("blocks.0.att.exponent", Shape.of(3), -1e30),
              new StateLayout.Component("blocks.0.matrix", Shape.of(2, 2, 5), 0)));

  @TempDir Path folder;

  private static State state(DType dtype) {
    double[] values = new Random(1).doubles(LAYOUT.elements(), -5, 5).toArray();
    values[4] = Double.NEGATIVE_INFINITY;
    values[5] = -1e30;
    values[6] = -0.0;
    return State.ofValues(LAYOUT, MODEL, dtype, values);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F64"})
  void whatIsSavedIsLoadedBitForBit(DType dtype) {
    Path file = folder.resolve("s.safetensors");
    Map<String, String> metadata = Map.of("prompt", "Hé\n\"llo\"", "tokens", "7", "", "empty");
    StateFile.save(state(dtype), file, metadata);
    StateFile.Saved saved = StateFile.load(file, LAYOUT);
    assertThat(saved.state()).isEqualTo(state(dtype));
    assertThat(saved.state().dtype()).isEqualTo(dtype);
    assertThat(saved.metadata()).isEqualTo(metadata);
  }

  @Test
  void theFileIsSafetensorsWithATensorAComponent() throws IOException {
    Path file = folder.resolve("s.safetensors");
    StateFile.save(state(DType.F32), file, Map.of());
    RawSafetensors raw = RawSafetensors.read(file);
    assertThat(raw.header().propertyNames())
        .containsExactlyInAnyOrder(
            "__metadata__", "blocks.0.att.shift", "blocks.0.att.exponent", "blocks.0.matrix");
    assertThat(raw.header().get("blocks.0.matrix").get("shape").toString()).isEqualTo("[2,2,5]");
    assertThat(raw.floats("blocks.0.matrix"))
        .isEqualTo(state(DType.F32).component("blocks.0.matrix").toFloats());
    assertThat(raw.header().get("__metadata__").get("rwkv.state.fingerprint").asString())
        .isEqualTo(MODEL.hex());
    assertThat(raw.header().get("__metadata__").get("rwkv.state.architecture").asString())
        .isEqualTo("rwkv-4");
  }

  @Test
  void aSpoiledStateIsNotSavedAndNotLoaded() {
    for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] values = new double[(int) LAYOUT.elements()];
      values[LAYOUT.components().size() + 2] = wrong;
      State spoiled = State.ofValues(LAYOUT, MODEL, DType.F32, values);
      Path file = folder.resolve(wrong + ".safetensors");
      assertThatThrownBy(() -> StateFile.save(spoiled, file, Map.of()))
          .isInstanceOfSatisfying(
              CheckpointException.class,
              e -> assertThat(e.tensor()).contains("blocks.0.att.exponent"))
          .hasMessageContaining("element 2");
      assertThat(file).doesNotExist();
      write(file, parts -> replace(parts, spoiled.component("blocks.0.att.exponent")), facts -> {});
      assertThatThrownBy(() -> StateFile.load(file, LAYOUT))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("blocks.0.att.exponent");
    }
  }

  @Test
  void whatDoesNotFitTheModelIsRefusedByName() {
    assertRefused(
        parts -> parts.removeIf(part -> part.name().equals("blocks.0.matrix")),
        "blocks.0.matrix",
        "missing");
    assertRefused(
        parts -> parts.add(zeros("blocks.1.att.shift", 3)), "blocks.1.att.shift", "no component");
    assertRefused(
        parts -> replace(parts, zeros("blocks.0.matrix", 2, 10)), "blocks.0.matrix", "[2, 2, 5]");
    assertRefused(
        parts -> replace(parts, zeros("blocks.0.att.shift", 4)), "blocks.0.att.shift", "[3]");
    assertRefused(
        parts -> replace(parts, state(DType.F64).component("blocks.0.matrix")),
        "blocks.0.matrix",
        "f64");
    assertRefused(
        parts ->
            parts.replaceAll(part ->
                TensorView.of(
                    part.name(),
                    DType.F16,
                    part.shape(),
                    part.data().asSlice(0, part.data().byteSize() / 2))),
        "blocks.0.att.shift",
        "f16");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        "0123456789ABCDEF0123456789ABCDEF",
        "0123456789abcdef0123456789abcdefa"
      })
  void aFingerprintThatIsNoneIsRefused(String wrong) {
    assertFactRefused(facts -> facts.put(StateFile.FINGERPRINT, wrong), "fingerprint");
  }

  @Test
  void missingOrForeignFactsAreRefused() {
    assertFactRefused(facts -> facts.remove(StateFile.FINGERPRINT), "fingerprint");
    assertFactRefused(facts -> facts.remove(StateFile.ARCHITECTURE), "architecture");
    assertFactRefused(facts -> facts.put(StateFile.ARCHITECTURE, "rwkv-7"), "rwkv-7");
    assertFactRefused(facts -> facts.remove(StateFile.VERSION), "no saved state");
    assertFactRefused(facts -> facts.put(StateFile.VERSION, "2"), "version '2'");
  }

  @Test
  void aFileThatIsNoStateSaysSo() throws IOException {
    Path model = folder.resolve("model.safetensors");
    SyntheticModel.of(1, 4, 5, DType.F32, 1).write(model, Progress.NONE);
    assertThatThrownBy(() -> StateFile.load(model, LAYOUT))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no saved state");
    assertThatThrownBy(() -> StateFile.load(folder.resolve("nowhere"), LAYOUT))
        .isInstanceOf(CheckpointException.class);
    Path text = Files.writeString(folder.resolve("text"), "hello, hello, hello");
    assertThatThrownBy(() -> StateFile.load(text, LAYOUT)).isInstanceOf(CheckpointException.class);
  }

  @Test
  void reservedKeysAreRefusedAndTheOldFileIsKept() throws IOException {
    Path file = folder.resolve("s.safetensors");
    StateFile.save(state(DType.F32), file, Map.of());
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(
            () -> StateFile.save(state(DType.F64), file, Map.of("rwkv.state.version", "7")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("reserved");
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    Path file = folder.resolve("s.safetensors");
    StateFile.save(state(DType.F32), file, Map.of());
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> StateFile.load(cut, LAYOUT))
          .as("%d bytes", length)
          .isInstanceOf(CheckpointException.class);
    }
  }

  private void assertRefused(Consumer<List<TensorView>> edit, String component, String reason) {
    Path file = folder.resolve("edited.safetensors");
    write(file, edit, facts -> {});
    assertThatThrownBy(() -> StateFile.load(file, LAYOUT))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.tensor()).contains(component))
        .hasMessageContaining(reason);
  }

  private void assertFactRefused(Consumer<Map<String, String>> edit, String reason) {
    Path file = folder.resolve("edited.safetensors");
    write(file, parts -> {}, edit);
    assertThatThrownBy(() -> StateFile.load(file, LAYOUT))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(reason);
  }

  /** Writes a state file by hand. */
  private static void write(
      Path file, Consumer<List<TensorView>> editParts, Consumer<Map<String, String>> editFacts) {
    State state = state(DType.F32);
    List<TensorView> parts =
        new ArrayList<>(LAYOUT.components().stream().map(c -> state.component(c.name())).toList());
    editParts.accept(parts);
    Map<String, String> facts =
        new TreeMap<>(
            Map.of(
                StateFile.VERSION, "1",
                StateFile.ARCHITECTURE, "rwkv-4",
                StateFile.FINGERPRINT, MODEL.hex()));
    editFacts.accept(facts);
    SafetensorsWriter.write(
        file, parts.stream().map(StreamedTensor::of).toList(), facts, Progress.NONE);
  }

  private static void replace(List<TensorView> parts, TensorView by) {
    parts.replaceAll(part -> part.name().equals(by.name()) ? by : part);
  }

  private static TensorView zeros(String name, long... dims) {
    StateLayout layout =
        StateLayout.of("zeros", List.of(new StateLayout.Component(name, Shape.of(dims), 0)));
    return State.initial(layout, MODEL, DType.F32).component(name);
  }
}

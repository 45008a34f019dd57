package dev.rwkv.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.Fingerprint;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequantisedTest {
  private static final int LAYERS = 2;
  private static final int C = 32;
  private static final int V = 45;

  private static EditedCheckpoint model() {
    return EditedCheckpoint.model(LAYERS, C, V);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = "I64", mode = EnumSource.Mode.EXCLUDE)
  void matricesTakeTheTypeAndVectorsKeepTheirs(DType dtype) {
    EditedCheckpoint source = model();
    Set<String> ends = Set.of("emb.weight", "head.weight");
    try (Requantised view = Requantised.of(source, dtype)) {
      assertThat(view.names()).isEqualTo(source.names());
      for (String name : source.names()) {
        TensorView before = source.tensor(name);
        TensorView after = view.tensor(name);
        boolean matrix = before.shape().squeeze().rank() == 2;
        boolean changes = matrix && !(dtype.isQuantised() && ends.contains(name));
        assertThat(after.dtype()).as(name).isEqualTo(changes ? dtype : DType.F32);
        assertThat(after.shape()).isEqualTo(before.shape());
        assertThat(after.name()).isEqualTo(name);
        assertThat(
                after
                    .data()
                    .mismatch(
                        Quantiser.convert(source.source(), before, after.dtype(), Arena.ofAuto())
                            .data()))
            .as(name)
            .isEqualTo(-1);
      }
      assertThat(Rwkv4Weights.of(view).config()).isEqualTo(Rwkv4Weights.of(source).config());
    }
  }

  @Test
  void itIsTheSameModelToStatesAndToTheUser() {
    EditedCheckpoint source = model().stating("layer_norm_epsilon", "1e-4");
    try (Requantised view = Requantised.of(source, DType.Q4_0)) {
      assertThat(view.fingerprint()).isEqualTo(source.fingerprint());
      assertThat(Fingerprint.of(view)).isNotEqualTo(source.fingerprint());
      assertThat(view.source()).isEqualTo(source.source());
      assertThat(view.format()).isEqualTo(source.format());
      assertThat(view.metadata()).isEqualTo(source.metadata());
    }
  }

  @Test
  void closingClosesTheSourceOnceAndEndsTheTensors() {
    EditedCheckpoint source = model();
    Requantised view = Requantised.of(source, DType.BF16);
    TensorView matrix = view.tensor("blocks.0.att.key.weight");
    view.close();
    view.close();
    assertThat(source.isClosed()).isTrue();
    assertThatThrownBy(() -> matrix.get(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFailureLeavesTheSourceOpen() {
    EditedCheckpoint source = model().withElement("blocks.1.ffn.value.weight", 5, 70000);
    assertThatThrownBy(() -> Requantised.of(source, DType.F16))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> assertThat(e.tensor()).contains("blocks.1.ffn.value.weight"))
        .hasMessageContaining("70000");
    assertThat(source.isClosed()).isFalse();
  }

  @Test
  void aModelThatCannotBeMadeLeavesTheSourceOpenAndNothingConverted() {
    EditedCheckpoint source = model();
    LoadOptions options = LoadOptions.defaults().withPrecision(DType.BF16);
    List<Checkpoint> seen = new ArrayList<>();
    List<TensorView> matrices = new ArrayList<>();
    assertThatThrownBy(() ->
            Requantised.load(
                source,
                options,
                given -> {
                  seen.add(given);
                  matrices.add(given.tensor("blocks.0.att.key.weight"));
                  throw new BackendException("the device is full");
                }))
        .hasMessage("the device is full");
    TensorView matrix = matrices.getFirst();
    assertThat(matrix.dtype()).isEqualTo(DType.BF16);
    assertThatThrownBy(() -> matrix.get(0)).isInstanceOf(IllegalStateException.class);
    seen.getFirst().close();
    assertThat(source.isClosed()).isFalse();
  }

  @Test
  void aModelOwnsWhatItIsMadeOf() {
    EditedCheckpoint source = model();
    assertThat(Requantised.<Checkpoint>load(source, LoadOptions.defaults(), given -> given))
        .isSameAs(source);
    LoadOptions options = LoadOptions.defaults().withPrecision(DType.BF16);
    Checkpoint held = Requantised.load(source, options, given -> given);
    assertThat(held.tensor("blocks.0.att.key.weight").dtype()).isEqualTo(DType.BF16);
    held.close();
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void rowsThatAreNoWholeBlocksAreRefusedByName() {
    assertThatThrownBy(() -> Requantised.of(EditedCheckpoint.model(1, 33, V), DType.Q8_0))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("blocks.0.att.key.weight")
        .hasMessageContaining("row of 33");
  }

  @Test
  void onlyModelsAndOnlyTypesOfWeights() {
    assertThatThrownBy(() -> Requantised.of(model().without("ln_out.bias"), DType.F16))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("ln_out.bias");
    assertThatThrownBy(() -> Requantised.of(model(), DType.I64))
        .isInstanceOf(InvalidArgumentException.class);
  }
}

package dev.rwkv.checkpoint.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.ModelConfig;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.EditedCheckpoint;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rwkv4Test {
  private static final int LAYERS = 2;
  private static final int C = 32;
  private static final int V = 40;

  private static EditedCheckpoint model() {
    return EditedCheckpoint.model(LAYERS, C, V);
  }

  @Test
  void sizesAreReadFromTheTensors() {
    assertThat(Architectures.of(model()).config(model()))
        .isEqualTo(ModelConfig.of("rwkv-4", LAYERS, C, 4 * C, V));
  }

  @Test
  void everyTensorIsNeeded() {
    for (String name : model().names()) {
      assertThatThrownBy(() -> config(model().without(name)))
          .as(name)
          .isInstanceOfSatisfying(
              CheckpointException.class, e -> assertThat(e.tensor()).contains(name));
    }
  }

  @Test
  void aMisspeltTensorIsReportedAsMissing() {
    assertThatThrownBy(
            () -> config(model().renamed("blocks.1.ffn.key.weight", "blocks.1.ffn.kay.weight")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("blocks.1.ffn.key.weight")
        .hasMessageContaining("missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blocks.0.att.gate.weight",
        "blocks.1.ln3.weight",
        "lm_head.bias",
        "blocks.1.ln0.weight",
        "blocks.01.ln1.weight",
        "blocks.12345678901.ln1.weight",
        ""
      })
  void aTensorTooManyIsNamed(String name) {
    assertRefused(model().with(name, DType.F32, C), name, "does not belong to rwkv-4 L2 C32");
  }

  @ParameterizedTest
  @CsvSource({
    "blocks.1.tiny_q.weight,RWKV-4a",
    "blocks.1.tiny_ln.bias,RWKV-4a",
    "blocks.0.att.qq.weight,RWKV-4b",
    "blocks.0.att.time_mix_kk,RWKV-4b",
    "blocks.0.att.att_mask,RWKV-4b"
  })
  void theVariantsWithAttentionAreRefusedByName(String name, String variant) {
    assertRefused(model().with(name, DType.F32, C), name, variant);
  }

  @ParameterizedTest
  @CsvSource({
    "blocks.0.att.r_k,RWKV-7",
    "blocks.0.att.time_maa_x,RWKV-6",
    "blocks.0.att.x_maa,RWKV-6",
    "blocks.0.att.ln_x.weight,RWKV-5"
  })
  void laterGenerationsAreRefusedByName(String sign, String generation) {
    // Later generations carry the signs of earlier ones as well.
    assertThatThrownBy(() ->
            Architectures.of(
                model().with("blocks.0.att.ln_x.weight", DType.F32, C).with(sign, DType.F32, C)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(generation);
  }

  @Test
  void somethingElseIsNoModel() {
    EditedCheckpoint other = new EditedCheckpoint().with("wte.weight", DType.F32, 3, 4);
    assertThatThrownBy(() -> Architectures.of(other))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no RWKV model")
        .hasMessageContaining("wte.weight");
    assertThatThrownBy(() -> Architectures.of(new EditedCheckpoint()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("0 tensors");
  }

  @Test
  void everyShapeIsChecked() {
    for (String name : model().names()) {
      TensorView old = model().tensor(name);
      long[] dims = old.shape().toArray();
      dims[dims.length - 1]++;
      assertThatThrownBy(() -> config(model().with(name, DType.F32, dims)))
          .as(name)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("shape");
    }
  }

  @Test
  void transposedMatricesAreRefused() {
    assertRefused(
        model().with("blocks.0.ffn.value.weight", DType.F32, 4L * C, C),
        "blocks.0.ffn.value.weight",
        "expected [32, 128]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"emb.weight", "blocks.0.ffn.key.weight"})
  void theTensorsThatTellTheSizesMustBeMatrices(String name) {
    assertRefused(model().with(name, DType.F32, C), name, "not a matrix");
    assertRefused(model().with(name, DType.F32, 0, C), name, "0");
    assertRefused(model().with(name, DType.F32), name, "not a matrix");
  }

  @Test
  void sizesBeyondAnyModelAreRefusedBeforeAnythingIsMade() {
    TensorView empty =
        TensorView.of("emb.weight", DType.F32, Shape.of(1L << 40, 0), MemorySegment.NULL);
    assertRefused(model().with(empty), "emb.weight", "");
  }

  @Test
  void weightsAreRealNumbers() {
    assertRefused(
        model().with("blocks.0.att.key.weight", DType.I64, C, C), "blocks.0.att.key.weight", "i64");
  }

  @Test
  void matricesMayBeQuantisedAndVectorsNot() {
    assertThat(config(model().with("blocks.0.att.key.weight", DType.Q4_0, C, C))).isNotNull();
    assertRefused(
        model().with("blocks.0.ln1.weight", DType.Q8_0, C), "blocks.0.ln1.weight", "quantised");
  }

  @Test
  void aHostileLayerNumberCostsNothing() {
    assertThatThrownBy(() -> config(model().with("blocks.999999999.ln1.weight", DType.F32, C)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("999999999");
  }

  @Test
  void aGapBetweenLayersIsAMissingTensor() {
    EditedCheckpoint gap = EditedCheckpoint.model(3, C, V);
    List.copyOf(gap.names()).stream()
        .filter(name -> name.startsWith("blocks.1."))
        .forEach(gap::without);
    assertThatThrownBy(() -> config(gap))
        .hasMessageContaining("blocks.1.")
        .hasMessageContaining("missing");
  }

  @Test
  void theEpsilonIsReadAndChecked() {
    assertThat(config(model()).layerNormEpsilon()).isEqualTo(1e-5);
    assertThat(config(model().stating("layer_norm_epsilon", "1e-6")).layerNormEpsilon())
        .isEqualTo(1e-6);
    for (String wrong : List.of("", "abc", "0", "-1e-5", "NaN", "2", "Infinity")) {
      assertThatThrownBy(() -> config(model().stating("layer_norm_epsilon", wrong)))
          .as(wrong)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("layer_norm_epsilon");
    }
  }

  @Test
  void oneDecayOrTheOtherButNotBoth() {
    EditedCheckpoint ready = model().renamed("blocks.1.att.time_decay", "blocks.1.att.decay");
    assertThat(config(ready)).isEqualTo(config(model()));
    assertRefused(
        model().with("blocks.1.att.decay", DType.F32, C), "blocks.1.att.decay", "does not belong");
  }

  @Test
  void bothDecaysBecomeTheSameLogarithm() {
    EditedCheckpoint raw = model();
    double[] stored = raw.tensor("blocks.1.att.time_decay").toDoubles();
    double[] decay = Rwkv4Weights.of(raw).layers().get(1).timeMix().decay();
    EditedCheckpoint ready = model().renamed("blocks.1.att.time_decay", "blocks.1.att.decay");
    for (int i = 0; i < C; i++) {
      assertThat(decay[i]).isEqualTo(-Math.exp(stored[i])).isNegative();
    }
    assertThat(Rwkv4Weights.of(ready).layers().get(1).timeMix().decay()).isEqualTo(stored);
  }

  @Test
  void weightsAreSortedByWhatTheyAreFor() {
    Rwkv4Weights weights = Rwkv4Weights.of(model());
    Rwkv4Weights.Layer layer = weights.layers().get(1);
    Map<String, TensorView> expected =
        Map.ofEntries(
            Map.entry("emb.weight", weights.embedding()),
            Map.entry("head.weight", weights.head()),
            Map.entry("blocks.0.ln0.weight", weights.embeddingNorm().weight()),
            Map.entry("blocks.0.ln0.bias", weights.embeddingNorm().bias()),
            Map.entry("ln_out.weight", weights.outputNorm().weight()),
            Map.entry("ln_out.bias", weights.outputNorm().bias()),
            Map.entry("blocks.1.ln1.weight", layer.timeMixNorm().weight()),
            Map.entry("blocks.1.ln1.bias", layer.timeMixNorm().bias()),
            Map.entry("blocks.1.ln2.weight", layer.channelMixNorm().weight()),
            Map.entry("blocks.1.ln2.bias", layer.channelMixNorm().bias()),
            Map.entry("blocks.1.att.time_first", layer.timeMix().bonus()),
            Map.entry("blocks.1.att.time_mix_k", layer.timeMix().mixKey()),
            Map.entry("blocks.1.att.time_mix_v", layer.timeMix().mixValue()),
            Map.entry("blocks.1.att.time_mix_r", layer.timeMix().mixReceptance()),
            Map.entry("blocks.1.att.key.weight", layer.timeMix().key()),
            Map.entry("blocks.1.att.value.weight", layer.timeMix().value()),
            Map.entry("blocks.1.att.receptance.weight", layer.timeMix().receptance()),
            Map.entry("blocks.1.att.output.weight", layer.timeMix().output()),
            Map.entry("blocks.1.ffn.time_mix_k", layer.channelMix().mixKey()),
            Map.entry("blocks.1.ffn.time_mix_r", layer.channelMix().mixReceptance()),
            Map.entry("blocks.1.ffn.key.weight", layer.channelMix().key()),
            Map.entry("blocks.1.ffn.receptance.weight", layer.channelMix().receptance()),
            Map.entry("blocks.1.ffn.value.weight", layer.channelMix().value()));
    expected.forEach((name, tensor) -> assertThat(tensor.name()).isEqualTo(name));
    assertThat(weights.layers()).hasSize(LAYERS);
  }

  @Test
  void theStateIsFiveVectorsALayer() {
    ModelConfig config = config(model());
    StateLayout layout = Rwkv4.INSTANCE.stateLayout(config);
    assertThat(layout.components().stream().map(StateLayout.Component::name))
        .startsWith(
            "blocks.0.att.shift",
            "blocks.0.att.numerator",
            "blocks.0.att.denominator",
            "blocks.0.att.exponent",
            "blocks.0.ffn.shift",
            "blocks.1.att.shift")
        .hasSize(5 * LAYERS);
    assertThat(layout.elements()).isEqualTo(5L * LAYERS * C);
    assertThat(layout.component("blocks.0.att.exponent").initial()).isEqualTo(-1e30);
    assertThat(layout.component("blocks.0.att.numerator").initial()).isZero();
  }

  private static ModelConfig config(Checkpoint checkpoint) {
    return Architectures.of(checkpoint).config(checkpoint);
  }

  private static void assertRefused(Checkpoint checkpoint, String tensor, String reason) {
    assertThatThrownBy(() -> config(checkpoint))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> {
              assertThat(e.tensor()).contains(tensor);
              assertThat(e.getMessage()).contains(reason).doesNotContain("\n");
              assertThat(e.file()).isEqualTo(checkpoint.source());
            });
  }
}

package dev.rwkv.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.Backends;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.checkpoint.Requantised;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.Capability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.spi.Wkv4Operator;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReferenceProviderTest {
  private final ReferenceProvider provider = new ReferenceProvider();

  private static Checkpoint checkpoint(int width) {
    return SyntheticModel.of(2, width, 40, DType.F32, 3).open();
  }

  @Test
  void itIsFoundByNameAndRanksLowest() {
    BackendProvider found =
        Backends.discover().named("reference", checkpoint(32), LoadOptions.defaults());
    assertThat(found).isInstanceOf(ReferenceProvider.class);
    assertThat(found.rank()).isZero();
    assertThat(found.availability().isUsable()).isTrue();
    assertThat(found.capabilities())
        .containsExactlyInAnyOrder(
            Capability.BATCH, Capability.WKV4_OPERATOR, Capability.DETERMINISTIC_ACROSS_THREADS);
  }

  @Test
  void itOffersWkvInEveryFormAndNothingElse() {
    Wkv4Operator operator = provider.operator(Wkv4Operator.class).orElseThrow();
    for (Wkv4Operator.Form form : Wkv4Operator.Form.values()) {
      for (Wkv4Operator.Numerics numerics : Wkv4Operator.Numerics.values()) {
        assertThat(operator.supports(form, numerics)).isTrue();
      }
    }
    assertThat(provider.operator(Runnable.class)).isEmpty();
  }

  @Test
  void aDeviceThatItDoesNotHaveIsRefused() {
    LoadOptions gpu = LoadOptions.defaults().withDevice("cuda:0");
    assertThat(provider.canLoad(checkpoint(32), gpu).reason().orElse("")).contains("cuda:0");
    assertThatThrownBy(() -> provider.load(checkpoint(32), gpu))
        .isInstanceOf(BackendException.class);
    LoadOptions cpu = LoadOptions.defaults().withDevice("cpu").withThreads(8);
    try (Model model = provider.load(checkpoint(32), cpu)) {
      assertThat(model.device().threads()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
  void aPrecisionIsThatOfTheConvertedCheckpoint(DType precision) {
    LoadOptions options = LoadOptions.defaults().withPrecision(precision);
    try (Model converted = provider.load(checkpoint(32), options);
        Model same =
            provider.load(Requantised.of(checkpoint(32), precision), LoadOptions.defaults());
        Model stored = provider.load(checkpoint(32), LoadOptions.defaults());
        Session a = converted.newSession();
        Session b = same.newSession();
        Session c = stored.newSession()) {
      assertThat(converted.precision()).isEqualTo(precision);
      assertThat(a.prefill(1, 2, 3).toDoubles()).containsExactly(b.prefill(1, 2, 3).toDoubles());
      c.prefill(1, 2, 3);
      a.restore(c.snapshot()); // states move between precisions of one model
      if (precision == DType.F32) {
        assertThat(a.step(4).toDoubles()).containsExactly(c.step(4).toDoubles());
      } else {
        assertThat(a.step(4).toDoubles()).isNotEqualTo(c.step(4).toDoubles());
      }
    }
  }

  @Test
  void aPrecisionThatCannotBeIsRefusedBeforeAnythingIsConverted() {
    assertRefused(32, DType.F64, "f64");
    assertRefused(32, DType.I64, "i64");
    assertRefused(24, DType.Q8_0, "blocks have 32");
  }

  private void assertRefused(int width, DType precision, String reason) {
    LoadOptions options = LoadOptions.defaults().withPrecision(precision);
    try (Checkpoint checkpoint = checkpoint(width)) {
      assertThat(provider.canLoad(checkpoint, options).reason().orElse("")).contains(reason);
      assertThatThrownBy(() -> provider.load(checkpoint, options))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining(reason);
      // It is still the caller's, and open.
      assertThat(checkpoint.tensor("emb.weight").get(0)).isFinite();
    }
  }

  @Test
  void whatIsNoRwkv4IsRefusedWithTheReason() {
    Checkpoint empty =
        new Checkpoint() {
          @Override
          public Path source() {
            return Path.of("no-model");
          }

          @Override
          public String format() {
            return "none";
          }

          @Override
          public Set<String> names() {
            return Set.of();
          }

          @Override
          public TensorView tensor(String name) {
            throw new CheckpointException(source(), name, "is missing", null);
          }

          @Override
          public Map<String, String> metadata() {
            return Map.of();
          }

          @Override
          public void close() {
            // Nothing was opened.
          }
        };
    assertThat(provider.canLoad(empty, LoadOptions.defaults()).reason().orElse(""))
        .contains("no-model");
    assertThatThrownBy(() -> provider.load(empty, LoadOptions.defaults()))
        .isInstanceOf(CheckpointException.class);
  }
}

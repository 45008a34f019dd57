package dev.rwkv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.Capability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendsTest {
  @TempDir Path folder;

  /** A provider of which every answer can be made to fail. */
  private record Provider(
      Supplier<String> names,
      int rank,
      Supplier<Availability> here,
      Supplier<Availability> forModel)
      implements BackendProvider {

    static Provider of(String name, int rank) {
      return new Provider(() -> name, rank, Availability::usable, Availability::usable);
    }

    private static <T> T answer(Optional<T> answer) {
      return answer.orElseThrow(() -> new IllegalStateException("vendor's bug"));
    }

    static String noName() {
      return answer(Optional.empty());
    }

    static Availability noAnswer() {
      return answer(Optional.empty());
    }

    @Override
    public String name() {
      return names.get();
    }

    @Override
    public Availability availability() {
      return here.get();
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of();
    }

    @Override
    public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
      return forModel.get();
    }

    @Override
    public Model load(Checkpoint checkpoint, LoadOptions options) {
      throw new UnsupportedOperationException();
    }
  }

  private static BackendProvider best(BackendProvider... providers) {
    return Backends.of(List.of(providers)).best(FakeModel.weights(), LoadOptions.defaults());
  }

  @Test
  void theBestIsTheUsableOneOfTheHighestRankAndTiesGoByName() {
    Provider low = Provider.of("low", 1);
    Provider high = Provider.of("high", 9);
    Provider unusable =
        new Provider(
            () -> "gpu", 100, () -> Availability.because("no driver"), Availability::usable);
    Provider picky =
        new Provider(
            () -> "picky", 50, Availability::usable, () -> Availability.because("not this model"));
    assertThat(best(low, unusable, high, picky)).isSameAs(high);
    assertThat(best(Provider.of("b", 3), Provider.of("a", 3)).name()).isEqualTo("a");
  }

  @Test
  void whenNothingFitsEveryRejectionIsExplained() {
    Provider unusable =
        new Provider(
            () -> "gpu", 100, () -> Availability.because("no driver"), Availability::usable);
    Provider picky =
        new Provider(
            () -> "picky", 50, Availability::usable, () -> Availability.because("wrong shape"));
    assertThatThrownBy(() -> best(unusable, picky))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("gpu: no driver")
        .hasMessageContaining("picky: wrong shape")
        .hasMessageContaining("fake.bin");
    assertThatThrownBy(() -> best())
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("no backend on the class path");
  }

  @Test
  void aBackendAskedForByNameIsUsedOrRefusedNeverReplaced() {
    Provider good = Provider.of("good", 9);
    Provider bad =
        new Provider(() -> "bad", 1, () -> Availability.because("broken"), Availability::usable);
    Backends backends = Backends.of(List.of(good, bad));
    Checkpoint checkpoint = FakeModel.weights();
    assertThat(backends.named("good", checkpoint, LoadOptions.defaults())).isSameAs(good);
    assertThatThrownBy(() -> backends.named("bad", checkpoint, LoadOptions.defaults()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("'bad'")
        .hasMessageContaining("broken");
    assertThatThrownBy(() -> backends.named("other", checkpoint, LoadOptions.defaults()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("good, bad");
  }

  @Test
  void aProviderThatThrowsIsUnusableAndHurtsNoOther() {
    Provider good = Provider.of("good", 1);
    Provider nameless =
        new Provider(Provider::noName, 9, Availability::usable, Availability::usable);
    Provider unsure = new Provider(() -> "unsure", 8, Provider::noAnswer, Availability::usable);
    Provider late = new Provider(() -> "late", 7, Availability::usable, Provider::noAnswer);
    assertThat(best(nameless, unsure, late, good)).isSameAs(good);
    assertThat(Backends.of(List.of(nameless, unsure)).candidates())
        .allSatisfy(candidate ->
            assertThat(candidate.availability().reason().orElse("")).contains("vendor's bug"));
  }

  @Test
  void discoveryFindsTheServicesAndReportsTheBrokenOnes() {
    List<Backends.Candidate> found = Rwkv.backends().candidates();
    assertThat(found).extracting(Backends.Candidate::name).contains("fake").hasSize(2);
    assertThat(found.getLast().availability().reason().orElse("")).contains("NoSuchProvider");
  }

  @Test
  void aFileIsOpenedByItsContentAndTheModelOwnsTheCheckpoint() throws Exception {
    Path file = Files.writeString(folder.resolve("model.any"), "FAKE and more");
    try (Model model = Rwkv.open(file)) {
      assertThat(model.backend()).isEqualTo("fake");
      assertThat(model.source()).isEqualTo(file);
      assertThat(FakeFormat.last.timesClosed()).isZero();
    }
    assertThat(FakeFormat.last.timesClosed()).isEqualTo(1);
  }

  @Test
  void whenLoadingFailsTheCheckpointIsClosed() throws Exception {
    Path file = Files.writeString(folder.resolve("model.any"), "FAKE");
    assertThatThrownBy(() -> Rwkv.with().precision(DType.F16).open(file))
        .isInstanceOf(BackendException.class);
    assertThat(FakeFormat.last.timesClosed()).isEqualTo(1);
    assertThatThrownBy(() -> Rwkv.with().threads(1).open(file))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("it needs company");
    assertThat(FakeFormat.last.timesClosed()).isEqualTo(1);
  }

  @Test
  void whatIsNoCheckpointIsRefusedWithTheKnownFormats() throws Exception {
    assertThatThrownBy(() -> Rwkv.open(folder.resolve("missing")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> Rwkv.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("the folder holds no model");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(() -> Rwkv.open(empty))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("empty");
    Path text = Files.writeString(folder.resolve("text"), "\u0001\u0002hello");
    assertThatThrownBy(() -> Rwkv.open(text))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("01 02 68")
        .hasMessageContaining("known are fake");
    assertThatThrownBy(() -> Rwkv.open(null)).isInstanceOf(InvalidArgumentException.class);
  }
}

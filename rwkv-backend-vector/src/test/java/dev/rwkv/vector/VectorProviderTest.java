package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.Backends;
import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.ClosedException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How the backend is found, refused, and closed. */
class VectorProviderTest {
  private static final SyntheticModel TINY =
      new SyntheticModel(ModelConfig.of("rwkv-4", 2, 33, 40, 20), DType.F32, 1);

  @Test
  void itIsTheFirstChoice() {
    Backends.Candidate first = Backends.discover().candidates().getFirst();
    assertThat(first.name()).isEqualTo("vector");
    assertThat(first.availability().isUsable()).isTrue();
  }

  @Test
  void withoutTheModuleItSaysHowToGetIt() {
    assertThat(VectorProvider.availability(ModuleLayer.empty()).reason())
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("--add-modules jdk.incubator.vector"));
  }

  @Test
  void aPrecisionWhoseBlocksDoNotFitIsRefused() {
    VectorProvider provider = new VectorProvider();
    LoadOptions options = LoadOptions.defaults().withPrecision(DType.Q4_0);
    try (Checkpoint checkpoint = TINY.open()) {
      assertThat(provider.canLoad(checkpoint, options).reason())
          .hasValueSatisfying(reason -> assertThat(reason).contains("q4_0", "32"));
      assertThatThrownBy(() -> provider.load(checkpoint, options))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("choose f32, f16 or bf16");
    }
  }

  @Test
  void anotherDeviceIsRefused() {
    VectorProvider provider = new VectorProvider();
    LoadOptions options = LoadOptions.defaults().withDevice("cuda:0");
    try (Checkpoint checkpoint = TINY.open()) {
      assertThat(provider.canLoad(checkpoint, options).isUsable()).isFalse();
      assertThatThrownBy(() -> provider.load(checkpoint, options))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("cuda:0");
    }
  }

  @Test
  void moreThreadsThanThereIsWorkForAreNotStarted() {
    LoadOptions options = LoadOptions.defaults().withThreads(LoadOptions.MAX_THREADS);
    try (Model model = new VectorProvider().load(TINY.open(), options);
        Session session = model.newSession()) {
      assertThat(model.device().threads()).isBetween(1, 64);
      assertThat(session.step(3).size()).isEqualTo(20);
    }
  }

  @Test
  void closingTheModelDuringStepsEndsThemWithATypedError() throws InterruptedException {
    Model model = new VectorProvider().load(TINY.open(), LoadOptions.defaults().withThreads(2));
    CountDownLatch started = new CountDownLatch(1);
    Throwable[] seen = new Throwable[1];
    Thread stepping =
        Thread.ofPlatform()
            .start(() -> {
              try (Session session = model.newSession()) {
                while (true) {
                  session.step(1);
                  started.countDown();
                }
              } catch (ClosedException e) {
                seen[0] = e;
              }
            });
    started.await();
    model.close();
    stepping.join(30_000);
    assertThat(stepping.isAlive()).isFalse();
    assertThat(seen[0]).isInstanceOf(ClosedException.class);
  }
}

package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rwkv.Backends;
import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.ClosedException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void aModelThatCannotBeMadeLeavesNoWeightsInMemory() throws IOException {
    Path statm = Path.of("/proc/self/statm");
    assumeTrue(Files.isReadable(statm), "only Linux tells");
    ModelConfig config = ModelConfig.of("rwkv-4", 1, 256, 1024, 256);
    try (Checkpoint whole = new SyntheticModel(config, DType.F32, 1).open()) {
      Checkpoint broken = withoutFingerprint(whole);
      loadInVain(broken, 5);
      long before = residentBytes(statm);
      loadInVain(broken, 50); // of 4 MB each
      assertThat(residentBytes(statm) - before).isLessThan(100_000_000);
      assertThat(whole.tensor("head.weight").get(0)).isFinite();
    }
  }

  private static Checkpoint withoutFingerprint(Checkpoint whole) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("fingerprint")) {
            throw new CheckpointException(whole.source(), "the file is gone");
          }
          return method.invoke(whole, arguments);
        };
    return (Checkpoint)
        Proxy.newProxyInstance(
            Checkpoint.class.getClassLoader(), new Class<?>[] {Checkpoint.class}, handler);
  }

  private static void loadInVain(Checkpoint broken, int times) {
    for (int i = 0; i < times; i++) {
      assertThatThrownBy(() -> new VectorProvider().load(broken, LoadOptions.defaults()))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("the file is gone");
    }
  }

  private static long residentBytes(Path statm) throws IOException {
    return 4096 * Long.parseLong(Files.readString(statm).split(" ", -1)[1]);
  }
}

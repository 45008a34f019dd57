package dev.rwkv.conformance.property;

import dev.rwkv.Device;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.report.Recorder;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.BackendException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Example;

/** The arithmetic is done where it was asked for. */
class DeviceProperties {
  private static final ModelCase MODEL = ModelCase.of(1, 32, 64, 20, 3);
  private static final ModelCase WIDE = ModelCase.of(1, 160, 320, 300, 3);
  private static final int[] TEXT = {1, 2, 3, 5, 8, 13};
  private static final int CALLS = 140;
  private static final int ATTEMPTS = 3;

  @Verifies("RWKV-DEV-001")
  @Example
  void aDeviceThatIsNotThereIsRefused(Subject subject) {
    LoadOptions options = LoadOptions.defaults().withDevice("no-such-device:99");
    try (Checkpoint checkpoint = MODEL.open()) {
      Violation.unless(
          !subject.provider().canLoad(checkpoint, options).isUsable(),
          "canLoad accepts the device 'no-such-device:99'");
      Refusal.expect(
          BackendException.class,
          "load on the device 'no-such-device:99'",
          () -> subject.provider().load(checkpoint, options));
    }
  }

  @Verifies("RWKV-DEV-001")
  @Example
  void anAcceptedDeviceIsTheOneThatIsUsed(Subject subject) {
    Map<String, Device.Kind> kinds =
        Map.of(
            "cpu", Device.Kind.CPU,
            "gpu", Device.Kind.GPU,
            "gpu:0", Device.Kind.GPU,
            "cuda", Device.Kind.GPU,
            "cuda:0", Device.Kind.GPU);
    kinds.forEach((name, kind) -> {
      LoadOptions options = LoadOptions.defaults().withDevice(name);
      Checkpoint checkpoint = MODEL.open();
      if (!subject.provider().canLoad(checkpoint, options).isUsable()) {
        checkpoint.close();
        return;
      }
      try (Model model = subject.provider().load(checkpoint, options)) {
        Violation.unless(
            model.device().kind() == kind,
            "device '%s' was accepted, but device() is %s".formatted(name, model.device()));
      }
    });
  }

  @Verifies("RWKV-DEV-002")
  @Example
  void noMoreThreadsAreUsedThanWereAskedFor(Subject subject, Recorder recorder) {
    Set<Long> restless = WorkingThreads.restless();
    for (int most = 1; most <= 3; most++) {
      try (LoadedModel model = subject.load(WIDE, LoadOptions.defaults().withThreads(most));
          Session session = model.newSession()) {
        work(session);
        int said = model.model().device().threads();
        Violation.unless(
            said >= 1 && said <= most,
            "%d threads were allowed, but device() says %d".formatted(most, said));
        WorkingThreads working = fewest(most, session, restless);
        if (!working.nativeSeen()) {
          recorder.note(ProcessThreads.UNSEEN);
        }
        Violation.unless(
            working.count() <= most,
            "%d threads were allowed, but %d worked: %s"
                .formatted(most, working.count(), working.names()));
      }
    }
  }

  // What a device or a compiler still does when a model has just been loaded comes to an end.
  private static WorkingThreads fewest(int allowed, Session session, Set<Long> restless) {
    WorkingThreads working = WorkingThreads.during(CALLS, restless, () -> work(session));
    for (int i = 1; i < ATTEMPTS && working.count() > allowed; i++) {
      working = WorkingThreads.during(CALLS, restless, () -> work(session));
    }
    return working;
  }

  private static void work(Session session) {
    for (int i = 0; i < CALLS / (1 + TEXT.length); i++) {
      session.prefill(TEXT);
      for (int token : TEXT) {
        session.step(token);
      }
    }
  }
}

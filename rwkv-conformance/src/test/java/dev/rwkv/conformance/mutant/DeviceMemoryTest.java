package dev.rwkv.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.Device;
import dev.rwkv.Model;
import dev.rwkv.conformance.process.RequirementRunner;
import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.Subject;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What is lost on a device is found where the backend tells, and is said to be unseen elsewhere.
 */
class DeviceMemoryTest {

  private static RequirementResult leaks(HonestBackend backend) {
    return new RequirementRunner(Subject.of(backend), Tier.QUICK, new Random().nextLong() >>> 12)
        .run(Requirements.of("RWKV-RES-008"));
  }

  @Test
  void aReportSaysThatTheMemoryOfADeviceWasNotSeen() {
    assertThat(leaks(new OnTheDevice()).notes())
        .containsExactly("the device's memory was not looked at: deviceBytesInUse() does not tell");
  }

  @Test
  void aReportSaysNothingWhereThereIsNoDeviceOrTheBackendTells() {
    List<HonestBackend> silent =
        List.of(new HonestBackend(), new Telling(() -> OptionalLong.of(0)));
    assertThat(silent).allSatisfy(backend -> assertThat(leaks(backend).notes()).isEmpty());
  }

  @Test
  void whatIsLostOnADeviceIsNamed() {
    assertThat(leaks(new StepsLeftOnTheDevice()).reason()).contains("KiB on the device");
  }

  @Test
  void aBackendThatThrowsWhenAskedIsToldSo() {
    RequirementResult result = leaks(new Telling(() -> fail("no context")));
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.failures())
        .allSatisfy(failure -> {
          assertThat(failure.kind()).isEqualTo(Failure.Kind.VIOLATION);
          assertThat(failure.message()).contains("deviceBytesInUse() must not throw", "no context");
        });
  }

  @Test
  void aBackendThatStopsTellingIsToldSo() {
    AtomicInteger asked = new AtomicInteger();
    assertThat(
            leaks(
                    new Telling(() ->
                        asked.incrementAndGet() > 2 ? OptionalLong.empty() : OptionalLong.of(0)))
                .reason())
        .contains("must tell always or never");
    assertThat(leaks(new Telling(() -> OptionalLong.of(-1))).reason())
        .contains("must not be negative");
  }

  private static OptionalLong fail(String reason) {
    throw new IllegalStateException(reason);
  }

  private static class OnTheDevice extends HonestBackend {
    @Override
    protected Model model(Model honest) {
      return new RelayModel(honest, this) {
        @Override
        public Device device() {
          return new Device(Device.Kind.GPU, "of a test", 1);
        }
      };
    }
  }

  private static final class Telling extends OnTheDevice {
    private final Supplier<OptionalLong> answer;

    Telling(Supplier<OptionalLong> answer) {
      this.answer = answer;
    }

    @Override
    public OptionalLong deviceBytesInUse() {
      return answer.get();
    }
  }
}

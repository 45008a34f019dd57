package dev.rwkv.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.report.Recorder;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.TestResult;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a terminal shows beneath a verdict. */
class SummaryTest {
  private static final Requirement DOT = Requirements.of("RWKV-DOT-001");
  private static final List<TestResult> PASSED = List.of(new TestResult("A.b", "7", 3, 0.5, null));

  @Test
  void aFailureWithoutATestHasItsReason() {
    RequirementResult result = RequirementResult.of(DOT, List.of(), List.of());
    assertThat(Summary.details(result)).isEqualTo("  none of its tests was run\n");
  }

  @Test
  void whatCouldNotBeLookedAtIsShownWhateverTheVerdict() {
    Recorder recorder = new Recorder();
    recorder.note("the device's memory was not looked at");
    assertThat(Summary.details(RequirementResult.of(DOT, List.of(), PASSED).with(recorder)))
        .isEqualTo("  note: the device's memory was not looked at\n");
    assertThat(Summary.details(RequirementResult.of(DOT, List.of(), List.of()).with(recorder)))
        .contains("none of its tests was run", "note: the device's memory");
  }

  @Test
  void whatPassedAndDoesNotApplySaysNoMore() {
    assertThat(Summary.details(RequirementResult.of(DOT, List.of(), PASSED))).isEmpty();
    assertThat(Summary.details(RequirementResult.notApplicable(DOT, "not declared"))).isEmpty();
  }
}

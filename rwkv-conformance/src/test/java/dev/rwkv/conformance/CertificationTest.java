package dev.rwkv.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.conformance.mutant.DroppedSimdTail;
import dev.rwkv.conformance.mutant.HonestBackend;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.TestResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.report.Waiver;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.tolerance.Margin;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.InvalidArgumentException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs in processes of their own, and what they report. */
class CertificationTest {
  private static final List<String> DOT = List.of("RWKV-DOT-001");
  private static final LocalDate FAR = LocalDate.of(2999, 1, 1);

  @TempDir Path folder;

  private static Certification quick(Class<?> backend) {
    return Certification.of(backend.getName()).tier(Tier.QUICK);
  }

  private ConformanceReport written(ConformanceReport report) {
    return Reports.written(report, folder);
  }

  @Test
  void anHonestBackendIsCertified() {
    ConformanceReport report = written(quick(HonestBackend.class).run());
    assertThat(report.refusal()).isNull();
    assertThat(report.certified()).isTrue();
    assertThat(report.requirements())
        .extracting(RequirementResult::id)
        .containsExactlyInAnyOrderElementsOf(
            Requirements.all().stream().map(each -> each.id()).toList());
  }

  @Test
  void aFailureShowsASmallCaseAndWhereToLook() {
    ConformanceReport report = written(quick(DroppedSimdTail.class).only(DOT).run());
    RequirementResult result = report.result("RWKV-DOT-001").orElseThrow();
    assertThat(report.certified()).isFalse();
    assertThat(report.refusal()).contains("RWKV-DOT-001");
    assertThat(Summary.of(result))
        .contains("RWKV-DOT-001")
        .contains("blocks.0.att.numerator[0] is 0.0, but must be ")
        .contains("times the bound")
        .contains("case: model(L1 C")
        .contains(" F1 V2 f32, weights of seed ")
        .contains("look at: The kernel's tail");
  }

  @Test
  void theSameSeedTriesTheSameCases() {
    Certification run =
        quick(HonestBackend.class)
            .only(List.of("RWKV-WKV-001", "RWKV-MOD-001", "RWKV-MOD-002"))
            .seed(7);
    Map<String, List<Margin>> first = margins(run.run());
    assertThat(margins(run.run())).isEqualTo(first);
    assertThat(margins(run.seed(8).run())).isNotEqualTo(first);
  }

  private static Map<String, List<Margin>> margins(ConformanceReport report) {
    return report.requirements().stream()
        .collect(Collectors.toMap(RequirementResult::id, RequirementResult::margins));
  }

  @Test
  void aReplayGivesTheSameVerdicts() {
    List<String> some = List.of("RWKV-DOT-001", "RWKV-WKV-001", "RWKV-SES-001", "RWKV-ERR-001");
    ConformanceReport report = written(quick(DroppedSimdTail.class).only(some).run());
    assertThat(report.requirements())
        .extracting(RequirementResult::verdict)
        .contains(Verdict.FAIL, Verdict.PASS);
    ConformanceReport again = Certification.replay(report).run();
    assertThat(again.seed()).isEqualTo(report.seed());
    assertThat(again.requirements())
        .extracting(RequirementResult::verdict)
        .isEqualTo(report.requirements().stream().map(RequirementResult::verdict).toList());
  }

  @Test
  void aWaivedMustVoidsTheCertificateAndAnExpiredWaiverDoesNotCount() {
    Certification run = quick(DroppedSimdTail.class).only(DOT);
    ConformanceReport waived =
        written(run.waivers(List.of(new Waiver("RWKV-DOT-001", "tails are rare", FAR))).run());
    assertThat(waived.result("RWKV-DOT-001").orElseThrow().verdict()).isEqualTo(Verdict.WAIVED);
    assertThat(waived.certified()).isFalse();
    ConformanceReport expired =
        written(
            run.waivers(
                    List.of(new Waiver("RWKV-DOT-001", "tails are rare", LocalDate.of(2020, 1, 1))))
                .run());
    assertThat(expired.result("RWKV-DOT-001").orElseThrow().verdict()).isEqualTo(Verdict.FAIL);
    assertThatThrownBy(() -> new Waiver("RWKV-DOT-001", " ", FAR))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> run.waivers(List.of(new Waiver("RWKV-DOT-999", "why not", FAR))))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aPartOfTheRequirementsCertifiesNothing() {
    ConformanceReport report = written(quick(HonestBackend.class).only(DOT).run());
    assertThat(report.certified()).isFalse();
    assertThat(report.refusal()).contains("only a part");
  }

  @Test
  void noTestIsNoPass() {
    RequirementResult result =
        RequirementResult.of(Requirements.of("RWKV-DOT-001"), List.of(), List.<TestResult>of());
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void aBackendThatIsNotThereIsRefusedWithItsName() {
    assertThatThrownBy(() -> Certification.of("nothing").run())
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("'nothing'")
        .hasMessageContaining("vector");
    assertThatThrownBy(() -> Certification.of("java.lang.String").run())
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("java.lang.String");
  }
}

package dev.rwkv.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.mutant.AbortsTheProcess;
import dev.rwkv.conformance.mutant.AnswersKept;
import dev.rwkv.conformance.mutant.CrashesTheProcess;
import dev.rwkv.conformance.mutant.EndsTheProcess;
import dev.rwkv.conformance.mutant.HangsForever;
import dev.rwkv.conformance.mutant.NativeLeak;
import dev.rwkv.conformance.mutant.NativeThreadBesides;
import dev.rwkv.conformance.mutant.NativeThreadForEachStep;
import dev.rwkv.conformance.mutant.NativeThreadLeft;
import dev.rwkv.conformance.mutant.PrintsFromNativeCode;
import dev.rwkv.conformance.mutant.PrintsToStandardOutput;
import dev.rwkv.conformance.mutant.StepsLeak;
import dev.rwkv.conformance.mutant.ThreadForEachStep;
import dev.rwkv.conformance.mutant.ThreadLeft;
import dev.rwkv.conformance.mutant.ThreadsTakenBesides;
import dev.rwkv.conformance.mutant.WeightsNeverForgotten;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A backend that harms its process fails with the reason, and the report is written. */
class HarmfulBackendTest {
  private static final String STEP = "RWKV-MOD-001";

  @TempDir Path folder;

  private static Certification quick(Class<?> backend) {
    return Certification.of(backend.getName()).tier(Tier.QUICK);
  }

  private ConformanceReport reported(ConformanceReport report) {
    ConformanceReport written = Reports.written(report, folder);
    assertThat(written.certified()).isFalse();
    return written;
  }

  static Stream<Arguments> harms() {
    return Stream.of(
        Arguments.of(CrashesTheProcess.class, "RWKV-PRC-001", "the JVM crashed, during"),
        Arguments.of(AbortsTheProcess.class, "RWKV-PRC-001", "ended by signal 6, during"),
        Arguments.of(EndsTheProcess.class, "RWKV-PRC-001", "by itself with exit code 3, during"),
        Arguments.of(PrintsToStandardOutput.class, "RWKV-PRC-002", "standard output got: load"),
        Arguments.of(PrintsFromNativeCode.class, "RWKV-PRC-002", "standard output got: load"),
        Arguments.of(NativeLeak.class, "RWKV-RES-006", "KiB to the process"),
        Arguments.of(WeightsNeverForgotten.class, "RWKV-RES-006", "KiB on the heap"),
        Arguments.of(StepsLeak.class, "RWKV-RES-008", "KiB to the process"),
        Arguments.of(AnswersKept.class, "RWKV-RES-008", "KiB on the heap"),
        Arguments.of(ThreadLeft.class, "RWKV-RES-002", "left after the model was closed: [left]"),
        Arguments.of(NativeThreadLeft.class, "RWKV-RES-002", "threads of native code"),
        Arguments.of(ThreadsTakenBesides.class, "RWKV-DEV-002", "taken besides"),
        Arguments.of(ThreadForEachStep.class, "RWKV-DEV-002", "(started anew each time)"),
        Arguments.of(NativeThreadBesides.class, "RWKV-DEV-002", "native thread '"),
        Arguments.of(NativeThreadForEachStep.class, "RWKV-DEV-002", "started anew each time"));
  }

  @ParameterizedTest
  @MethodSource("harms")
  void failsWithTheReason(Class<?> backend, String requirement, String reason) {
    ConformanceReport report = reported(quick(backend).only(List.of(STEP, requirement)).run());
    RequirementResult result = report.result(requirement).orElseThrow();
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(result.reason()).contains(reason);
    assertThat(result.failures()).extracting(Failure::kind).containsOnly(Failure.Kind.VIOLATION);
  }

  @Test
  void aCrashFailsTheRequirementThatWasTestedAndTheOthersGoOn() {
    ConformanceReport report =
        reported(
            quick(CrashesTheProcess.class)
                .only(List.of("RWKV-WKV-001", "RWKV-MOD-001", "RWKV-BAT-002"))
                .run());
    assertThat(report.result("RWKV-WKV-001").orElseThrow().verdict()).isEqualTo(Verdict.PASS);
    RequirementResult crashed = report.result("RWKV-MOD-001").orElseThrow();
    assertThat(crashed.reason()).isEqualTo("the JVM crashed");
    assertThat(crashed.failures()).extracting(Failure::kind).contains(Failure.Kind.PROCESS);
    assertThat(crashed.failures().getFirst().trace()).contains("SIGSEGV");
    assertThat(report.result("RWKV-BAT-002").orElseThrow().verdict())
        .isEqualTo(Verdict.NOT_APPLICABLE);
    assertThat(report.result("RWKV-PRC-001").orElseThrow().reason()).contains("RWKV-MOD-001");
  }

  @Test
  void aHangIsShownWithItsStack() {
    ConformanceReport report =
        reported(
            quick(HangsForever.class)
                .requirementLimit(Duration.ofSeconds(2))
                .only(List.of("RWKV-MOD-001"))
                .run());
    RequirementResult hung = report.result("RWKV-MOD-001").orElseThrow();
    assertThat(hung.reason()).isEqualTo("it hung for more than 2 s");
    assertThat(hung.failures().getFirst().trace()).contains("HangsForever.waitForever");
  }
}

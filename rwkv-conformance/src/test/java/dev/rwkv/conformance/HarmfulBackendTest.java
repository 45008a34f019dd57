package dev.rwkv.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.mutant.CrashesTheProcess;
import dev.rwkv.conformance.mutant.HangsForever;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backend that crashes or hangs fails what was tested then, and the rest is tested all the same.
 * Each kind of harm with its reason is a mutant.
 */
class HarmfulBackendTest {
  // Far more than what comes before the hang takes beside other work.
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path folder;

  private static Certification quick(Class<?> backend) {
    return Certification.of(backend.getName()).tier(Tier.QUICK);
  }

  private ConformanceReport reported(ConformanceReport report) {
    ConformanceReport written = Reports.written(report, folder);
    assertThat(written.certified()).isFalse();
    return written;
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
            quick(HangsForever.class).requirementLimit(LIMIT).only(List.of("RWKV-MOD-001")).run());
    RequirementResult hung = report.result("RWKV-MOD-001").orElseThrow();
    assertThat(hung.reason()).isEqualTo("it hung for more than 10 s");
    assertThat(hung.failures().getFirst().trace()).contains("HangsForever.waitForever");
  }
}

package dev.rwkv.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.Certification;
import dev.rwkv.conformance.GeneratedPage;
import dev.rwkv.conformance.Reports;
import dev.rwkv.conformance.mutant.Mutants.Mutant;
import dev.rwkv.conformance.process.RequirementRunner;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Level;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mutant is killed by the requirement that it breaks, and by a violation of it. */
class KillMatrixTest {
  // Enough for the requirements about memory beside other work.
  private static final Duration SHORT = Duration.ofSeconds(15);
  private static final int SEEDS = 3;
  private static final String ANY_TEST = "RWKV-MOD-001";

  @TempDir Path folder;

  static Stream<Mutant> mutants() {
    return Mutants.all().stream();
  }

  static Stream<Mutant> quickMutants() {
    return mutants().filter(mutant -> mutant.breaks().quick());
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isKilled(Mutant mutant) throws ReflectiveOperationException {
    requireKilled(mutant);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  @Tag("long")
  void isKilledWhateverTheSeed(Mutant mutant) throws ReflectiveOperationException {
    for (int i = 0; i < SEEDS; i++) {
      requireKilled(mutant);
    }
  }

  @ParameterizedTest
  @MethodSource("quickMutants")
  void isKilledByTheQuickTierWhateverTheSeed(Mutant mutant) throws ReflectiveOperationException {
    for (int i = 0; i < SEEDS; i++) {
      long seed = new Random().nextLong() >>> 12;
      requireKilled(seed, run(mutant, Tier.QUICK, seed), mutant.breaks());
    }
  }

  private void requireKilled(Mutant mutant) throws ReflectiveOperationException {
    long seed = new Random().nextLong() >>> 12;
    RequirementResult result =
        mutant.breaks().forked() ? forked(mutant, seed) : run(mutant, Tier.FULL, seed);
    requireKilled(seed, result, mutant.breaks());
  }

  private static void requireKilled(long seed, RequirementResult result, Breaks breaks) {
    assertThat(result.verdict()).as("seed %d", seed).isEqualTo(Verdict.FAIL);
    assertThat(result.reason()).as("seed %d", seed).contains(breaks.reason());
    assertThat(result.failures())
        .as("seed %d", seed)
        .isNotEmpty()
        .allMatch(failure -> failure.kind() == Failure.Kind.VIOLATION);
  }

  private static RequirementResult run(Mutant mutant, Tier tier, long seed)
      throws ReflectiveOperationException {
    return new RequirementRunner(Subject.of(mutant.backend()), tier, seed)
        .withoutShrinking()
        .run(Requirements.of(mutant.breaks().value()));
  }

  // Whatever it does to its process, the report is written.
  private RequirementResult forked(Mutant mutant, long seed) {
    String id = mutant.breaks().value();
    ConformanceReport report =
        Certification.of(mutant.type().getName())
            .tier(Tier.QUICK)
            .requirementLimit(SHORT)
            .seed(seed)
            .only(List.of(ANY_TEST, id))
            .run();
    assertThat(report.certified()).as("seed %d", seed).isFalse();
    return Reports.written(report, folder).result(id).orElseThrow();
  }

  @Test
  void everyMustHasAMutant() {
    Set<String> broken =
        Mutants.all().stream().map(each -> each.breaks().value()).collect(Collectors.toSet());
    assertThat(Requirements.all().stream().filter(each -> each.level() == Level.MUST))
        .extracting(Requirement::id)
        .allMatch(broken::contains);
  }

  @Test
  void thePageIsUpToDate() {
    GeneratedPage.requireUpToDate("docs/kill-matrix.md", Mutants.page());
  }
}

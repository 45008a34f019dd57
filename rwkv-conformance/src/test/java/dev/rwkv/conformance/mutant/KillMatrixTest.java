package dev.rwkv.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.GeneratedPage;
import dev.rwkv.conformance.mutant.Mutants.Mutant;
import dev.rwkv.conformance.process.RequirementRunner;
import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Level;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.Subject;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mutant is killed by the requirement that it breaks, and by a violation of it: see also
 * {@link ForkedMutantsTest}.
 */
class KillMatrixTest {
  private static final int SEEDS = 3;

  static Stream<Mutant> mutants() {
    return Mutants.all().stream().filter(mutant -> !mutant.breaks().forked());
  }

  static Stream<Mutant> quickMutants() {
    return Mutants.all().stream().filter(mutant -> mutant.breaks().quick());
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
    requireKilled(seed, run(mutant, Tier.FULL, seed), mutant.breaks());
  }

  static void requireKilled(long seed, RequirementResult result, Breaks breaks) {
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

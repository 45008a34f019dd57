package dev.rwkv.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.Certification;
import dev.rwkv.conformance.Reports;
import dev.rwkv.conformance.mutant.Mutants.Mutant;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.requirement.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The mutants that harm their process, each in one of its own. Apart from {@link KillMatrixTest},
 * so that one waits for processes while the other computes.
 */
class ForkedMutantsTest {
  // Enough for the requirements about memory beside other work.
  private static final Duration SHORT = Duration.ofSeconds(15);
  private static final int SEEDS = 3;
  private static final String ANY_TEST = "RWKV-MOD-001";

  @TempDir Path folder;

  static Stream<Mutant> mutants() {
    return Mutants.all().stream().filter(mutant -> mutant.breaks().forked());
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isKilled(Mutant mutant) {
    requireKilled(mutant);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  @Tag("long")
  void isKilledWhateverTheSeed(Mutant mutant) {
    for (int i = 0; i < SEEDS; i++) {
      requireKilled(mutant);
    }
  }

  // Whatever it does to its process, the report is written.
  private void requireKilled(Mutant mutant) {
    long seed = new Random().nextLong() >>> 12;
    String id = mutant.breaks().value();
    ConformanceReport report =
        Certification.of(mutant.type().getName())
            .tier(Tier.QUICK)
            .requirementLimit(SHORT)
            .seed(seed)
            .only(List.of(ANY_TEST, id))
            .run();
    assertThat(report.certified()).as("seed %d", seed).isFalse();
    RequirementResult result = Reports.written(report, folder).result(id).orElseThrow();
    KillMatrixTest.requireKilled(seed, result, mutant.breaks());
  }
}

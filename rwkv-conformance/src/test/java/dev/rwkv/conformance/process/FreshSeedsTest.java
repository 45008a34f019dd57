package dev.rwkv.conformance.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.mutant.HonestBackend;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.Subject;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is right to f32 is never failed, whatever the seed; {@code -Dseeds=N} tries fewer. */
@Tag("long")
class FreshSeedsTest {
  private static final int SEEDS = Integer.getInteger("seeds", 1000);

  @ParameterizedTest
  @ValueSource(strings = {"vector", "reference", "honest"})
  void aRightBackendIsNeverFailed(String name) {
    Subject subject = name.equals("honest") ? Subject.of(new HonestBackend()) : Subject.named(name);
    Random seeds = new Random();
    for (int i = 0; i < SEEDS; i++) {
      long seed = seeds.nextLong() >>> 12;
      RequirementRunner runner = new RequirementRunner(subject, Tier.QUICK, seed);
      for (Requirement requirement : Requirements.all()) {
        if (!ProcessChecks.ids().contains(requirement.id())) {
          RequirementResult result = runner.run(requirement);
          assertThat(result.verdict())
              .as("%s, seed %d: %s", requirement.id(), seed, result.failures())
              .isIn(Verdict.PASS, Verdict.NOT_APPLICABLE);
        }
      }
    }
  }
}

package dev.rwkv.conformance.process;

import dev.rwkv.conformance.property.Verifies;
import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.TestResult;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The requirements that only somebody outside the process can judge: tests of what the supervisor
 * has seen, one method for each.
 *
 * @param ends how workers ended that should not have, in order
 * @param output what workers wrote to standard output
 */
record ProcessChecks(List<String> ends, String output) {

  @Verifies("RWKV-PRC-001")
  Optional<String> theProcessSurvives() {
    return ends.stream().findFirst();
  }

  @Verifies("RWKV-PRC-002")
  Optional<String> nothingIsWrittenToStandardOutput() {
    return output.isEmpty()
        ? Optional.empty()
        : Optional.of("standard output got: " + output.strip().replace('\n', '⏎'));
  }

  /** The ids of these requirements. */
  static List<String> ids() {
    return Arrays.stream(ProcessChecks.class.getDeclaredMethods())
        .flatMap(method -> Optional.ofNullable(method.getAnnotation(Verifies.class)).stream())
        .map(Verifies::value)
        .sorted()
        .toList();
  }

  /** A result for each of them. */
  List<RequirementResult> results() {
    List<RequirementResult> results = new ArrayList<>();
    results.add(result("RWKV-PRC-001", "theProcessSurvives", theProcessSurvives().orElse(null)));
    results.add(
        result(
            "RWKV-PRC-002",
            "nothingIsWrittenToStandardOutput",
            nothingIsWrittenToStandardOutput().orElse(null)));
    return results;
  }

  private static RequirementResult result(String id, String test, @Nullable String problem) {
    Requirement requirement = Requirements.of(id);
    Failure failure =
        problem == null ? null : new Failure(Failure.Kind.VIOLATION, problem, null, "");
    return RequirementResult.of(
        requirement,
        List.of(),
        List.of(new TestResult("ProcessChecks." + test, "", 1, 0, failure)));
  }
}

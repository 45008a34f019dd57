package dev.rwkv.conformance.report;

import dev.rwkv.conformance.requirement.Level;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.tolerance.Margin;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about one requirement.
 *
 * @param id the requirement's
 * @param area the requirement's
 * @param level the requirement's
 * @param verdict the outcome
 * @param reason why it does not apply or is waived, or the first failure's message; null for PASS
 * @param text the requirement's
 * @param look where to look when it failed
 * @param seconds all its tests took
 * @param margins the worst shares of bounds
 * @param series what was measured on the way
 * @param notes what could not be looked at on this machine
 * @param tests one entry for each test that was run
 */
public record RequirementResult(
    String id,
    String area,
    Level level,
    Verdict verdict,
    @Nullable String reason,
    String text,
    String look,
    double seconds,
    List<Margin> margins,
    List<Series> series,
    List<String> notes,
    List<TestResult> tests) {

  public RequirementResult {
    margins = List.copyOf(margins);
    series = List.copyOf(series);
    notes = List.copyOf(notes);
    tests = List.copyOf(tests);
  }

  /** The verdict that follows from the tests; no test at all is a failure. */
  public static RequirementResult of(
      Requirement requirement, List<Margin> margins, List<TestResult> tests) {
    double seconds = tests.stream().mapToDouble(TestResult::seconds).sum();
    Optional<String> failed =
        tests.isEmpty()
            ? Optional.of("none of its tests was run")
            : failures(tests).findFirst().map(Failure::message);
    return result(
        requirement,
        failed.isPresent() ? Verdict.FAIL : Verdict.PASS,
        failed.orElse(null),
        seconds,
        margins,
        tests);
  }

  /** Does not apply. */
  public static RequirementResult notApplicable(Requirement requirement, String reason) {
    return result(requirement, Verdict.NOT_APPLICABLE, reason, 0, List.of(), List.of());
  }

  /** Failed without a test to say so: the process is gone. */
  public static RequirementResult failed(Requirement requirement, double seconds, String reason) {
    Failure failure = new Failure(Failure.Kind.PROCESS, firstLine(reason), null, reason);
    TestResult test = new TestResult("(process)", "", 0, seconds, failure);
    return result(requirement, Verdict.FAIL, firstLine(reason), seconds, List.of(), List.of(test));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static RequirementResult result(
      Requirement requirement,
      Verdict verdict,
      @Nullable String reason,
      double seconds,
      List<Margin> margins,
      List<TestResult> tests) {
    return new RequirementResult(
        requirement.id(),
        requirement.area(),
        requirement.level(),
        verdict,
        reason,
        requirement.text(),
        requirement.look(),
        seconds,
        margins,
        List.of(),
        List.of(),
        tests);
  }

  /** The same with what was taken down on the way. */
  public RequirementResult with(Recorder recorder) {
    return new RequirementResult(
        id,
        area,
        level,
        verdict,
        reason,
        text,
        look,
        seconds,
        margins,
        recorder.series(),
        recorder.notes(),
        tests);
  }

  /** The same, waived if it failed and the waiver counts on that day. */
  public RequirementResult waivedBy(Waiver waiver, LocalDate day) {
    if (verdict != Verdict.FAIL || !waiver.id().equals(id)) {
      return this;
    }
    boolean counts = waiver.counts(day);
    String given =
        (counts ? "waived until " : "its waiver expired on ")
            + waiver.expires()
            + ": "
            + waiver.reason();
    return new RequirementResult(
        id,
        area,
        level,
        counts ? Verdict.WAIVED : Verdict.FAIL,
        counts ? given : reason + " (" + given + ")",
        text,
        look,
        seconds,
        margins,
        series,
        notes,
        tests);
  }

  /** What failed, the first test's first. */
  public List<Failure> failures() {
    return failures(tests).toList();
  }

  private static Stream<Failure> failures(List<TestResult> tests) {
    return tests.stream().flatMap(test -> Optional.ofNullable(test.failure()).stream());
  }
}

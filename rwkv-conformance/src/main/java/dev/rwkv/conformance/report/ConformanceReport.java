package dev.rwkv.conformance.report;

import dev.rwkv.conformance.requirement.Level;
import dev.rwkv.conformance.requirement.Tier;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run of the kit against one backend, and its verdict.
 *
 * @param certified whether the backend is certified
 * @param refusal why not; null if it is
 * @param kit which kit judged
 * @param backend what was tested
 * @param environment where
 * @param tier how hard it was looked at
 * @param seed of the whole run: the same seed, kit and tier try the same cases
 * @param started when
 * @param seconds it took
 * @param waivers that were given
 * @param requirements a result for each
 */
public record ConformanceReport(
    boolean certified,
    @Nullable String refusal,
    Kit kit,
    Backend backend,
    Environment environment,
    Tier tier,
    long seed,
    Instant started,
    double seconds,
    List<Waiver> waivers,
    List<RequirementResult> requirements) {

  public ConformanceReport {
    waivers = List.copyOf(waivers);
    requirements = List.copyOf(requirements);
  }

  /**
   * The report of a run that is over.
   *
   * @param complete whether all requirements of the kit were looked at
   */
  public static ConformanceReport of(
      Backend backend,
      Tier tier,
      long seed,
      Instant started,
      double seconds,
      List<Waiver> waivers,
      boolean complete,
      List<RequirementResult> results) {
    LocalDate day = LocalDate.ofInstant(started, ZoneOffset.UTC);
    List<RequirementResult> judged =
        results.stream()
            .map(result ->
                waivers.stream().reduce(result, (r, w) -> r.waivedBy(w, day), (a, b) -> b))
            .toList();
    String refusal = refusal(judged, complete).orElse(null);
    return new ConformanceReport(
        refusal == null,
        refusal,
        Kit.here(),
        backend,
        Environment.here(),
        tier,
        seed,
        started,
        seconds,
        waivers,
        judged);
  }

  private static Optional<String> refusal(List<RequirementResult> results, boolean complete) {
    List<String> unmet =
        results.stream()
            .filter(result -> result.level() == Level.MUST)
            .filter(r -> r.verdict() == Verdict.FAIL || r.verdict() == Verdict.WAIVED)
            .map(RequirementResult::id)
            .toList();
    if (!unmet.isEmpty()) {
      return Optional.of("not met: " + String.join(", ", unmet));
    }
    if (results.stream().noneMatch(result -> result.verdict() == Verdict.PASS)) {
      return Optional.of("no test was run");
    }
    return complete ? Optional.empty() : Optional.of("only a part of the requirements was tested");
  }

  /** The result of one requirement; empty if it was not looked at. */
  public Optional<RequirementResult> result(String id) {
    return requirements.stream().filter(each -> each.id().equals(id)).findFirst();
  }
}

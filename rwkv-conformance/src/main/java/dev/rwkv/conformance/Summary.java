package dev.rwkv.conformance;

import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results in plain text, for terminals and test reports. */
public final class Summary {
  private Summary() {}

  /** One line: verdict, id, seconds, text. */
  public static String line(RequirementResult result) {
    return String.format(
        Locale.ROOT,
        "%-6s %s %6.2f s  %s",
        result.verdict().label(),
        result.id(),
        result.seconds(),
        result.text());
  }

  /** All that a vendor needs to find the mistake: what, the smallest case, where to look. */
  public static String of(RequirementResult result) {
    return result.id() + ": " + result.text() + "\n" + details(result);
  }

  /**
   * What failed, the smallest case, where to look, and what could not be looked at here; empty if
   * nothing failed and everything was seen.
   */
  public static String details(RequirementResult result) {
    StringBuilder text = new StringBuilder();
    if (result.verdict() == Verdict.FAIL && result.failures().isEmpty()) {
      text.append("  ").append(result.reason()).append('\n');
    }
    for (Failure failure : result.failures()) {
      text.append("  ").append(failure.message()).append('\n');
      if (failure.sample() != null) {
        text.append("  case: ").append(failure.sample()).append('\n');
      }
      if (failure.kind() != Failure.Kind.VIOLATION) {
        text.append(failure.trace().indent(4));
      }
    }
    if (result.verdict() != Verdict.PASS && !result.failures().isEmpty()) {
      text.append("  look at: ").append(result.look()).append('\n');
    }
    for (String note : result.notes()) {
      text.append("  note: ").append(note).append('\n');
    }
    return text.toString();
  }

  /** The last line of a run. */
  public static String of(ConformanceReport report) {
    String counts =
        Arrays.stream(Verdict.values())
            .map(verdict ->
                report.requirements().stream().filter(r -> r.verdict() == verdict).count()
                    + " "
                    + verdict.label())
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%s %s (%s; %s tier, seed %d, %.1f s)%s",
        report.backend().name(),
        report.certified() ? "is certified" : "is not certified",
        counts,
        report.tier().name().toLowerCase(Locale.ROOT),
        report.seed(),
        report.seconds(),
        report.refusal() == null ? "" : ": " + report.refusal());
  }
}

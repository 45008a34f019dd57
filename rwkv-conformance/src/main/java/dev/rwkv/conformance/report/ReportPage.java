package dev.rwkv.conformance.report;

import dev.rwkv.conformance.tolerance.Margin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A report as one HTML page: light and dark, for screens and paper, without scripts or anything
 * from elsewhere.
 */
public final class ReportPage {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final String CHECK = "M31 49 l12 13 l23 -27";
  private static final String CROSS = "M35 35 l26 26 M61 35 l-26 26";

  private final ConformanceReport report;
  private final StringBuilder html = new StringBuilder();

  private ReportPage(ConformanceReport report) {
    this.report = report;
  }

  /** The page. */
  public static String html(ConformanceReport report) {
    return new ReportPage(report).render();
  }

  private String render() {
    String title =
        report.backend().name() + (report.certified() ? " is certified" : " is not certified");
    add(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>
        %s</style></head><body><main>
        """,
        Markup.escaped(title), style());
    head(title);
    counts();
    facts();
    findings();
    figures();
    requirements();
    replay();
    return html.append("</main></body></html>\n").toString();
  }

  private void head(String title) {
    add(
        """
        <header class="verdict-head %s">
        <svg class="seal" viewBox="0 0 96 96" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"><circle cx="48" cy="48" r="43"/><circle cx="48" cy="48" r="35" stroke-width="1.5"/><path d="%s" stroke-width="7"/></svg>
        <div><h1>%s</h1>
        <p>RWKV conformance, kit %s · %s tier · %s</p>
        """,
        report.certified() ? "yes" : "no",
        report.certified() ? CHECK : CROSS,
        Markup.escaped(title),
        Markup.escaped(report.kit().version()),
        report.tier().label(),
        DAY.format(report.started()));
    if (report.refusal() != null) {
      add("<p><strong>%s</strong></p>\n", Markup.escaped(report.refusal()));
    }
    html.append("</div></header>\n");
  }

  private void counts() {
    html.append("<ul class=\"counts\">\n");
    for (Verdict verdict : Verdict.values()) {
      long count = report.requirements().stream().filter(r -> r.verdict() == verdict).count();
      add(
          "<li class=\"%s\"><b>%d</b>%s</li>\n",
          count == 0 ? "" : verdict, count, meaning(verdict));
    }
    html.append("</ul>\n");
  }

  private static String meaning(Verdict verdict) {
    return switch (verdict) {
      case PASS -> "PASS: tested and met";
      case FAIL -> "FAIL: not met";
      case NOT_APPLICABLE -> "N/A: not declared";
      case WAIVED -> "WAIVED: not met, as announced";
    };
  }

  private void facts() {
    html.append("<h2>What was tested</h2>\n<dl class=\"facts\">\n");
    fact("Backend", report.backend().name() + ", version " + report.backend().version());
    fact("Provider", report.backend().provider());
    fact("Device", report.backend().device());
    fact(
        "Declares",
        report.backend().features().isEmpty()
            ? "nothing beyond the basics"
            : report.backend().features().stream()
                .map(Enum::name)
                .collect(Collectors.joining(", ")));
    fact("Arithmetic", report.backend().arithmetic() + ", as declared");
    fact(
        "Processor",
        report.environment().cpu() + ", " + report.environment().processors() + " for Java");
    fact("Vectors", report.environment().vectors());
    fact("GPU driver", report.environment().gpuDriver());
    fact("System", report.environment().os());
    fact("Java", report.environment().jdk());
    fact("Kit", report.kit().version() + ", hash " + report.kit().hash());
    fact("API", report.kit().api());
    fact(
        "Run",
        Markup.format(
            "%s tier, seed %d, %.1f s", report.tier().label(), report.seed(), report.seconds()));
    html.append("</dl>\n");
  }

  private void fact(String name, String value) {
    add("<div><dt>%s</dt><dd>%s</dd></div>\n", name, Markup.escaped(value));
  }

  private void findings() {
    List<RequirementResult> found =
        report.requirements().stream()
            .filter(r -> r.verdict() == Verdict.FAIL || r.verdict() == Verdict.WAIVED)
            .sorted(Comparator.comparing(RequirementResult::verdict))
            .toList();
    if (!found.isEmpty()) {
      html.append("<h2>What is not met</h2>\n");
      found.forEach(result -> html.append(FindingCard.html(result, report)));
    }
  }

  private void figures() {
    List<Margin> margins = MarginChart.worst(report);
    Map<Figure, List<Series>> lines =
        report.requirements().stream()
            .flatMap(result -> result.series().stream())
            .collect(
                Collectors.groupingBy(
                    Series::figure, () -> new EnumMap<>(Figure.class), Collectors.toList()));
    if (margins.isEmpty() && lines.isEmpty()) {
      return;
    }
    html.append("<h2>Measured</h2>\n<div class=\"figures\">\n");
    if (!margins.isEmpty()) {
      figure(
          "wide",
          "How much of each error bound was used",
          "the worst |result − oracle| / bound of all cases; beyond 1 is wrong"
              + (margins.stream().anyMatch(margin -> margin.probable() != null)
                  ? "; the tick is the share of a bound that holds with high probability only"
                  : ""),
          MarginChart.svg(margins));
    }
    lines.forEach(
        (figure, series) -> figure("", figure.title(), figure.up(), LineChart.svg(figure, series)));
    html.append("</div>\n");
  }

  private void figure(String style, String title, String subtitle, String svg) {
    add(
        "<figure class=\"%s\"><figcaption>%s<span>%s</span></figcaption>\n%s</figure>\n",
        style, Markup.escaped(title), Markup.escaped(subtitle), svg);
  }

  private void requirements() {
    html.append(
        """
        <h2>Requirements</h2>
        <div class="scroll"><table>
        <thead><tr><th scope="col">Verdict</th><th scope="col">Id</th><th scope="col">Requirement</th>\
        <th scope="col">Worst error / bound</th><th scope="col">Cases</th><th scope="col">Seconds</th></tr></thead>
        """);
    for (String area : report.requirements().stream().map(r -> r.area()).distinct().toList()) {
      add("<tbody><tr><th colspan=\"6\" scope=\"rowgroup\">%s</th></tr>\n", Markup.escaped(area));
      report.requirements().stream().filter(r -> r.area().equals(area)).forEach(this::row);
      html.append("</tbody>\n");
    }
    html.append("</table></div>\n");
  }

  private void row(RequirementResult result) {
    boolean found = result.verdict() == Verdict.FAIL || result.verdict() == Verdict.WAIVED;
    String id = found ? "<a href=\"#%1$s\">%1$s</a>".formatted(result.id()) : result.id();
    String why =
        Stream.concat(Stream.ofNullable(result.reason()), result.notes().stream())
            .map(each -> "<span class=\"why\">" + Markup.escaped(each) + "</span>")
            .collect(Collectors.joining());
    String worst =
        result.margins().stream()
            .max(Comparator.comparingDouble(Margin::share))
            .map(margin ->
                Markup.escaped(MarginChart.share(margin))
                    + "<span class=\"why\">"
                    + Markup.escaped(margin.operator())
                    + "</span>")
            .orElse("–");
    add(
        """
        <tr><td><span class="tag %s">%s</span></td><td class="id">%s<span class="why">%s</span></td>\
        <td>%s%s</td><td class="number">%s</td><td class="number">%d</td><td class="number">%.2f</td></tr>
        """,
        result.verdict(),
        result.verdict().label(),
        id,
        result.level(),
        Markup.escaped(result.text()),
        why,
        worst,
        result.tests().stream().mapToInt(TestResult::tries).sum(),
        result.seconds());
  }

  private void replay() {
    add(
        """
        <h2>Replay</h2>
        <p>Every case follows from the seed. This tries the same ones again; without <code>--seed</code> it tries fresh ones.</p>
        <pre>%s</pre>
        <p>The same with <code>conformance-report.json</code>, which is beside this page, and a comparison of the verdicts:</p>
        <pre>rwkv certify --replay FOLDER-OF-THIS-PAGE</pre>
        <p class="soft">Verdicts can be compared between kits of the same hash. A MUST that fails or is waived voids the certificate; \
        nothing is skipped. Bounds follow from the arithmetic that the backend declares, see numerics.md of the kit.</p>
        """,
        Markup.escaped(FindingCard.command(report)));
  }

  private static String style() {
    try (InputStream css =
        Objects.requireNonNull(
            ReportPage.class.getResourceAsStream("report.css"), "report.css of the kit")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // As Markup.format.
  @SuppressWarnings("AnnotateFormatMethod")
  private void add(String text, Object... arguments) {
    html.append(Markup.format(text, arguments));
  }
}

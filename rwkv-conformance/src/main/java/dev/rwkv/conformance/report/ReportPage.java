package dev.rwkv.conformance.report;

import dev.rwkv.conformance.tolerance.Margin;
import java.util.Locale;
import java.util.stream.Stream;

/** A report as one HTML page without scripts or anything from elsewhere. */
public final class ReportPage {
  private static final String STYLE =
      """
      body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; }
      td, th { border-bottom: 1px solid #ddd; padding: .35rem .6rem; text-align: left; vertical-align: top; }
      .PASS { color: #116329; } .FAIL { color: #b30000; font-weight: bold; }
      .WAIVED { color: #8a5a00; } .NOT_APPLICABLE { color: #777; }
      pre { white-space: pre-wrap; background: #f6f6f6; padding: .6rem; }
      """;

  private final StringBuilder html = new StringBuilder();

  private ReportPage() {}

  /** The page. */
  public static String html(ConformanceReport report) {
    return new ReportPage().render(report);
  }

  private String render(ConformanceReport report) {
    String title =
        report.backend().name() + (report.certified() ? " is certified" : " is not certified");
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
        .append(escaped(title))
        .append("</title><style>\n")
        .append(STYLE)
        .append("</style></head><body>\n<h1>")
        .append(escaped(title))
        .append("</h1>\n");
    if (report.refusal() != null) {
      html.append("<p class=\"FAIL\">").append(escaped(report.refusal())).append("</p>\n");
    }
    html.append("<table>\n");
    fact("backend", report.backend().provider() + ", version " + report.backend().version());
    fact("declares", report.backend().features().toString());
    fact("device", report.backend().device());
    fact("kit", report.kit().version() + ", hash " + report.kit().hash());
    fact("Java", report.environment().jdk());
    fact(
        "machine",
        "%s, %s, %d processors"
            .formatted(
                report.environment().os(),
                report.environment().cpu(),
                report.environment().processors()));
    fact(
        "run",
        String.format(
            Locale.ROOT,
            "%s tier, seed %d, %s, %.1f s",
            report.tier(),
            report.seed(),
            report.started(),
            report.seconds()));
    html.append("</table>\n<h2>Requirements</h2>\n<table>\n");
    html.append("<tr><th>id</th><th>level</th><th>verdict</th><th>requirement</th>");
    html.append("<th>worst share of the bound</th><th>seconds</th></tr>\n");
    report.requirements().forEach(this::row);
    return html.append("</table>\n</body></html>\n").toString();
  }

  private void fact(String name, String value) {
    html.append("<tr><th>").append(name).append("</th><td>").append(escaped(value));
    html.append("</td></tr>\n");
  }

  private void row(RequirementResult result) {
    html.append("<tr id=\"").append(result.id()).append("\"><td>").append(result.id());
    html.append("</td><td>").append(result.level()).append("</td><td class=\"");
    html.append(result.verdict()).append("\">").append(result.verdict().label());
    html.append("</td><td>").append(escaped(result.text()));
    if (result.reason() != null) {
      html.append("<pre>").append(escaped(result.reason()));
      result.failures().stream()
          .flatMap(failure -> Stream.ofNullable(failure.sample()))
          .findFirst()
          .ifPresent(sample -> html.append("\ncase: ").append(escaped(sample)));
      html.append("\nlook at: ").append(escaped(result.look())).append("</pre>");
    }
    html.append("</td><td>");
    for (Margin margin : result.margins()) {
      html.append(escaped(margin.operator()))
          .append(String.format(Locale.ROOT, " %.3g<br>", margin.share()));
    }
    html.append("</td><td>")
        .append(String.format(Locale.ROOT, "%.2f", result.seconds()))
        .append("</td></tr>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}

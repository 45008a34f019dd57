package dev.rwkv.conformance.report;

/**
 * All that a vendor needs to find a mistake: what, the smallest case, where to look, how to run it
 * again.
 */
final class FindingCard {
  private FindingCard() {}

  /** The card of a requirement that failed or was waived. */
  static String html(RequirementResult result, ConformanceReport report) {
    StringBuilder html = new StringBuilder();
    html.append(
        Markup.format(
            """
            <article class="finding of-%s" id="%s">
            <h3><span class="tag %s">%s</span> %s <span class="soft">%s · %s</span></h3>
            <p>%s</p>
            """,
            result.verdict(),
            result.id(),
            result.verdict(),
            result.verdict().label(),
            result.id(),
            result.level(),
            Markup.escaped(result.area()),
            Markup.escaped(result.text())));
    if (result.verdict() == Verdict.WAIVED && result.reason() != null) {
      html.append(Markup.format("<p>%s</p>\n", Markup.escaped(result.reason())));
    }
    for (TestResult test : result.tests()) {
      if (test.failure() != null) {
        failure(html, test, test.failure());
      }
    }
    html.append(
        Markup.format(
            "<dl><dt>Look at</dt><dd>%s</dd><dt>Run it again</dt><dd><code>%s</code></dd></dl>\n",
            Markup.escaped(result.look()),
            Markup.escaped(command(report) + " --only " + result.id())));
    return html.append("</article>\n").toString();
  }

  /** What runs the same cases on a command line. */
  static String command(ConformanceReport report) {
    return Markup.format(
        "rwkv certify --backend %s --tier %s --seed %d",
        report.backend().provider(), report.tier().label(), report.seed());
  }

  private static void failure(StringBuilder html, TestResult test, Failure failure) {
    html.append(
        Markup.format("<p class=\"message\">%s</p>\n<dl>", Markup.escaped(failure.message())));
    if (failure.sample() != null) {
      html.append(
          Markup.format(
              "<dt>Smallest case</dt><dd><code>%s</code></dd>", Markup.escaped(failure.sample())));
    }
    boolean seenFromOutside = failure.kind() == Failure.Kind.PROCESS;
    html.append(
        seenFromOutside
            ? Markup.format(
                "<dt>Seen</dt><dd>from outside, after %.1f s</dd></dl>\n", test.seconds())
            : Markup.format(
                "<dt>Found by</dt><dd>%s, after %d %s in %.1f s</dd></dl>\n",
                Markup.escaped(test.name()),
                test.tries(),
                test.tries() == 1 ? "try" : "tries",
                test.seconds()));
    if (!failure.trace().isBlank()) {
      html.append(
          Markup.format(
              "<details%s><summary>%s</summary><pre>%s</pre></details>\n",
              failure.kind() == Failure.Kind.VIOLATION ? "" : " open",
              seenFromOutside ? "What the process left" : "Where it was thrown",
              Markup.escaped(failure.trace())));
    }
  }
}

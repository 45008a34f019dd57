package dev.rwkv.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.tolerance.Margin;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** What the page shows, whatever a backend says of itself. */
class ReportPageTest {
  private static final Requirement DOT = Requirements.of("RWKV-DOT-001");
  private static final Backend NASTY =
      new Backend(
          "<script>alert('1')</script>",
          "a&b",
          "\"1\"",
          List.of(),
          "f32 & <more>",
          "GPU \u0000\u001b[31m, threads: 1");

  private static ConformanceReport report(RequirementResult... results) {
    return ConformanceReport.of(
        NASTY, Tier.QUICK, 42, Instant.EPOCH, 1.5, List.of(), true, List.of(results));
  }

  private static RequirementResult failed(Failure failure, Margin... margins) {
    return RequirementResult.of(
        DOT, List.of(margins), List.of(new TestResult("A.b", "7", 3, 0.5, failure)));
  }

  @Test
  void whatABackendSaysIsNoMarkup() {
    String page =
        ReportPage.html(report(failed(new Failure(Failure.Kind.EXCEPTION, "<b>", "<i>", "<u>"))));
    assertThat(page).doesNotContain("<script", "<b>&", "<i>", "<u>", "\u0000", "\u001b");
    assertThat(page).contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;", "a&amp;b");
  }

  @Test
  void nothingComesFromElsewhere() {
    String page = ReportPage.html(report(failed(null)));
    assertThat(page)
        .doesNotContain("http:", "https:", "src=", "url(", "@import", "<link", "<script");
  }

  @Test
  void aFailureShowsItsMessageItsCaseWhereToLookAndHowToRunItAgain() {
    String page =
        ReportPage.html(
            report(failed(new Failure(Failure.Kind.VIOLATION, "off by 2", "case 5", "t"))));
    assertThat(page)
        .contains(
            "is not certified",
            "not met: RWKV-DOT-001",
            "off by 2",
            "case 5",
            Markup.escaped(DOT.look()))
        .contains("--tier quick --seed 42 --only RWKV-DOT-001");
  }

  @Test
  void everySharePositiveZeroOrInfiniteIsDrawn() {
    for (double share : new double[] {0, 1e-300, 1e-9, 1, 5e7, Margin.BEYOND}) {
      String page = ReportPage.html(report(failed(null, new Margin("logits", share, share, 1))));
      requireSvg(page, 1);
    }
    assertThat(ReportPage.html(report(failed(null, new Margin("wkv", Margin.BEYOND, null, 1)))))
        .contains("not finite");
  }

  @Test
  void everySeriesIsDrawn() {
    Recorder recorder = new Recorder();
    recorder.point(Figure.ERROR, "one point", 1, 0);
    recorder.point(Figure.TIME, "a <line>", 0, 1e-9);
    recorder.point(Figure.TIME, "a <line>", 1e5, 1e9);
    recorder.point(Figure.MEMORY, "what is not finite is left out", 1, Double.NaN);
    String page = ReportPage.html(report(failed(null).with(recorder)));
    requireSvg(page, 2);
    assertThat(page).contains(Figure.ERROR.title(), Figure.TIME.title(), "a &lt;line&gt;");
    assertThat(page).doesNotContain(Figure.MEMORY.title());
  }

  @Test
  void whatIsExactIsNotDrawnWhereASmallNumberIs() {
    Recorder recorder = new Recorder();
    recorder.point(Figure.ERROR, "exact", 1, 0);
    recorder.point(Figure.ERROR, "small", 1, 0.125);
    String page = ReportPage.html(report(failed(null).with(recorder)));
    List<String> heights =
        Pattern.compile("<circle class=\"dot.* cy=\"([0-9.]+)\"")
            .matcher(page)
            .results()
            .map(dot -> dot.group(1))
            .toList();
    assertThat(heights).hasSize(2).doesNotHaveDuplicates();
    assertThat(page).contains("text-anchor=\"end\">0</text>");
  }

  @Test
  void ofSeveralPointsAtOnePlaceTheLargestCounts() {
    Recorder recorder = new Recorder();
    recorder.point(Figure.ERROR, "a", 2, 0.5);
    recorder.point(Figure.ERROR, "a", 1, 0.25);
    recorder.point(Figure.ERROR, "a", 2, 0.125);
    assertThat(recorder.series())
        .containsExactly(
            new Series(
                Figure.ERROR, "a", List.of(new Series.Point(1, 0.25), new Series.Point(2, 0.5))));
  }

  @Test
  void aNoteShowsBesideItsRequirement() {
    Recorder recorder = new Recorder();
    recorder.note("no <threads> were seen");
    recorder.note("no <threads> were seen");
    assertThat(ReportPage.html(report(failed(null).with(recorder))))
        .containsOnlyOnce("no &lt;threads&gt; were seen");
  }

  // The pictures, beside the seal, are well-formed and have no coordinate that is not a number.
  private static void requireSvg(String page, int pictures) {
    String[] parts = page.split("(?=<svg )", -1);
    assertThat(parts).hasSize(2 + pictures);
    for (int i = 1; i < parts.length; i++) {
      String svg = parts[i].substring(0, parts[i].indexOf("</svg>") + "</svg>".length());
      assertThat(svg).doesNotContain("NaN", "Infinity");
      assertThatCode(() ->
              DocumentBuilderFactory.newInstance()
                  .newDocumentBuilder()
                  .parse(new InputSource(new StringReader(svg))))
          .doesNotThrowAnyException();
    }
  }
}

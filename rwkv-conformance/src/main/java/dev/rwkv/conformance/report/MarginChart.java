package dev.rwkv.conformance.report;

import dev.rwkv.conformance.tolerance.Margin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The worst share of its bound for each quantity, as bars, with a line where the bound is. */
final class MarginChart {
  private static final int WIDTH = 1000;
  private static final int LEFT = 190;
  private static final int RIGHT = 850;
  private static final int TOP = 34;
  private static final int ROW = 26;
  private static final int BAR = 14;
  private static final double SMALLEST = 1e-6;
  private static final double LARGEST = 1e9;

  private MarginChart() {}

  /** The worst of all requirements for each quantity, the worst first. */
  static List<Margin> worst(ConformanceReport report) {
    Map<String, Margin> worst = new TreeMap<>();
    for (RequirementResult result : report.requirements()) {
      for (Margin margin : result.margins()) {
        worst.merge(margin.operator(), margin, MarginChart::larger);
      }
    }
    List<Margin> sorted = new ArrayList<>(worst.values());
    sorted.sort(Comparator.comparingDouble(Margin::share).reversed());
    return sorted;
  }

  private static Margin larger(Margin one, Margin other) {
    return new Margin(
        one.operator(),
        Math.max(one.share(), other.share()),
        Stream.of(one, other)
            .map(Margin::probable)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(null),
        one.comparisons() + other.comparisons());
  }

  /** The picture; there must be something to draw. */
  static String svg(List<Margin> margins) {
    int bottom = TOP + ROW * margins.size() + 6;
    LogScale scale =
        LogScale.of(
            DoubleStream.concat(
                DoubleStream.of(1, 1e-2),
                margins.stream().mapToDouble(m -> Math.clamp(m.share(), SMALLEST, LARGEST))),
            LEFT,
            RIGHT);
    StringBuilder svg = new StringBuilder();
    svg.append(
        Markup.format(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
            WIDTH, bottom + 40, Markup.escaped(description(margins))));
    for (int exponent : scale.labels()) {
      double x = scale.at(Math.pow(10, exponent));
      svg.append(
          Markup.format(
              "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
              x, TOP, x, bottom));
      svg.append(
          Markup.format(
              "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
              x, bottom + 20, LogScale.label(exponent)));
    }
    for (int i = 0; i < margins.size(); i++) {
      bar(svg, margins.get(i), scale, TOP + ROW * i + 4);
    }
    double bound = scale.at(1);
    svg.append(
        Markup.format(
            "<line class=\"bound\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
            bound, TOP - 8, bound, bottom));
    svg.append(
        Markup.format(
            "<text class=\"bound-label\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">the"
                + " bound</text>\n",
            bound, TOP - 14));
    // Above the line, which some of them meet.
    for (int i = 0; i < margins.size(); i++) {
      number(svg, margins.get(i), scale, TOP + ROW * i + 4);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, Margin margin, LogScale scale, int y) {
    boolean over = margin.share() > 1;
    double end = Math.max(scale.at(margin.share()), LEFT + 2);
    svg.append(
        Markup.format(
            "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
            LEFT - 12, y + BAR - 2, Markup.escaped(margin.operator())));
    svg.append(
        Markup.format(
            "<rect class=\"bar%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
            over ? " over" : "", LEFT, y, end - LEFT, BAR));
    Double probable = margin.probable();
    if (probable != null) {
      double tick = scale.at(probable);
      svg.append(
          Markup.format(
              "<line class=\"probable\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
              tick, y - 3, tick, y + BAR + 3));
    }
  }

  private static void number(StringBuilder svg, Margin margin, LogScale scale, int y) {
    Double probable = margin.probable();
    double end = Math.max(scale.at(margin.share()), probable == null ? LEFT : scale.at(probable));
    svg.append(
        Markup.format(
            "<text x=\"%.1f\" y=\"%d\">%s</text>\n",
            Math.max(end, LEFT + 2) + 8, y + BAR - 2, share(margin)));
  }

  /** The share in words. */
  static String share(Margin margin) {
    if (margin.share() >= Margin.BEYOND) {
      return "not finite";
    }
    return margin.share() == 0 ? "0: exact" : Markup.number(margin.share());
  }

  private static String description(List<Margin> margins) {
    Margin worst = margins.getFirst();
    return "Worst share of the bound for "
        + margins.size()
        + " quantities; the largest is "
        + worst.operator()
        + " with "
        + share(worst);
  }
}

package dev.rwkv.conformance.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Lines over tokens, on logarithmic axes. */
final class LineChart {
  private static final int WIDTH = 400;
  private static final int LEFT = 52;
  private static final int RIGHT = 385;
  private static final int TOP = 24;
  private static final int BOTTOM = 250;
  private static final int LEGEND = 312;
  private static final int LEGEND_LINE = 20;
  private static final int STYLES = 4;

  private final Figure figure;
  private final List<Series> lines;
  private final LogScale across;
  private final LogScale up;
  // What is exact has a line of its own, a power of ten below all others.
  private final boolean zero;
  private final StringBuilder svg = new StringBuilder();

  private LineChart(Figure figure, List<Series> lines) {
    this.figure = figure;
    this.lines = lines;
    this.across = LogScale.of(all(Series.Point::x), LEFT, RIGHT);
    this.zero = all(Series.Point::y).anyMatch(y -> y == 0);
    this.up =
        LogScale.of(heights().flatMap(y -> DoubleStream.of(y, zero ? y / 10 : y)), BOTTOM, TOP);
  }

  private DoubleStream heights() {
    return figure == Figure.ERROR
        ? DoubleStream.concat(all(Series.Point::y), DoubleStream.of(0.5))
        : all(Series.Point::y);
  }

  /** The picture; there must be something to draw. */
  static String svg(Figure figure, List<Series> lines) {
    return new LineChart(figure, lines).draw();
  }

  private DoubleStream all(ToDoubleFunction<Series.Point> coordinate) {
    return lines.stream().flatMap(line -> line.points().stream()).mapToDouble(coordinate);
  }

  private String draw() {
    String names = lines.stream().map(Series::line).collect(Collectors.joining(", "));
    svg.append(
        Markup.format(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
            WIDTH,
            LEGEND + LEGEND_LINE * (lines.size() - 1) + 10,
            Markup.escaped(figure.title() + ", " + figure.up() + ": " + names)));
    axes();
    for (int i = 0; i < lines.size(); i++) {
      line(lines.get(i), "s%1$d d%1$d".formatted(i % STYLES + 1));
      legend(
          lines.get(i).line(), "s%1$d d%1$d".formatted(i % STYLES + 1), LEGEND + LEGEND_LINE * i);
    }
    return svg.append("</svg>\n").toString();
  }

  private void axes() {
    for (int exponent : across.labels()) {
      double x = across.at(Math.pow(10, exponent));
      straight("grid", x, TOP, x, BOTTOM);
      text("soft", x, BOTTOM + 20, "middle", LogScale.label(exponent));
    }
    for (int exponent : up.labels()) {
      double y = up.at(Math.pow(10, exponent));
      straight("grid", LEFT, y, RIGHT, y);
      text(
          "soft",
          LEFT - 8,
          y + 4,
          "end",
          zero && exponent == up.first() ? "" : LogScale.label(exponent));
    }
    if (zero) {
      text("soft", LEFT - 8, BOTTOM + 4, "end", "0");
    }
    text("soft", (LEFT + RIGHT) / 2.0, BOTTOM + 40, "middle", Markup.escaped(figure.across()));
    if (figure == Figure.ERROR) {
      straight("bound", LEFT, up.at(1), RIGHT, up.at(1));
      text("bound-label", RIGHT, up.at(1) - 6, "end", "the bound");
    }
  }

  private void line(Series line, String style) {
    String points =
        line.points().stream()
            .map(point -> Markup.format("%.1f,%.1f", across.at(point.x()), up.at(point.y())))
            .collect(Collectors.joining(" "));
    svg.append(Markup.format("<polyline class=\"line %s\" points=\"%s\"/>", style, points));
    for (Series.Point point : line.points()) {
      svg.append(
          Markup.format(
              "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s:"
                  + " %s</title></circle>",
              style.substring(0, 2),
              across.at(point.x()),
              up.at(point.y()),
              Markup.number(point.x()),
              Markup.number(point.y())));
    }
    svg.append('\n');
  }

  private void legend(String name, String style, int y) {
    straight("line " + style, LEFT, y - 4, LEFT + 34, y - 4);
    text("", LEFT + 44, y, "start", Markup.escaped(name));
  }

  private void straight(String style, double x1, double y1, double x2, double y2) {
    svg.append(
        Markup.format(
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
            style, x1, y1, x2, y2));
  }

  private void text(String style, double x, double y, String anchor, String markup) {
    svg.append(
        Markup.format(
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            style, x, y, anchor, markup));
  }
}

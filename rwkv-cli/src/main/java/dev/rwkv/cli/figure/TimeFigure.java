package dev.rwkv.cli.figure;

import dev.rwkv.cli.bench.LongText;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Cumulative time against the number of tokens, as in the paper's Figure 7. */
final class TimeFigure {
  private static final int POINTS = 20;
  private static final int LEGEND_LINE = 20;

  private TimeFigure() {}

  /** A line per text. */
  static XYChart of(List<LongText> texts) {
    XYChart chart =
        new XYChartBuilder()
            .width(Look.WIDTH)
            .height(Look.HEIGHT + LEGEND_LINE * texts.size())
            .title("Time to generate a text: " + texts.getFirst().config())
            .xAxisTitle("tokens generated")
            .yAxisTitle("cumulative time, seconds")
            .build();
    Look.apply(chart.getStyler());
    chart.getStyler().setXAxisMin(0.0);
    texts.forEach(text -> addLine(chart, text));
    return chart;
  }

  private static void addLine(XYChart chart, LongText text) {
    int every = Math.max(1, text.tokens() / POINTS);
    double[] tokens = new double[1 + text.tokens() / every];
    double[] time = new double[tokens.length];
    double total = 0;
    for (int i = 0; i < text.tokens(); i++) {
      total += text.seconds()[i];
      if ((i + 1) % every == 0) {
        tokens[(i + 1) / every] = i + 1;
        time[(i + 1) / every] = total;
      }
    }
    chart
        .addSeries(
            String.format(
                Locale.ROOT,
                "%s, %s: %.2f ms a token, at the end %.2f",
                text.precision().label(),
                Look.threads(text.threads()),
                text.atStart() * 1e3,
                text.atEnd() * 1e3),
            tokens,
            time)
        .setMarker(SeriesMarkers.NONE)
        .setLineStyle(Look.SOLID);
  }
}

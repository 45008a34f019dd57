package dev.rwkv.cli.figure;

import dev.rwkv.cli.bench.Measurement;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

/** Tokens per second beside what the read bandwidth of the same run allows. */
final class DecodeFigure {
  private static final double HEADROOM = 1.1;

  private DecodeFigure() {}

  /** A pair of bars per measurement; the limit is left out where nobody knows it. */
  static CategoryChart of(List<Measurement> measurements) {
    Measurement first = measurements.getFirst();
    boolean oneThreadNumber = measurements.stream().allMatch(m -> m.threads() == first.threads());
    boolean oneBatch = measurements.stream().allMatch(m -> m.batch() == first.batch());
    List<String> names = new ArrayList<>();
    List<Double> reached = new ArrayList<>();
    List<Double> limits = new ArrayList<>();
    for (Measurement m : measurements) {
      names.add(
          m.precision().label()
              + (oneThreadNumber ? "" : ", " + Look.threads(m.threads()))
              + (oneBatch ? "" : ", batch " + m.batch()));
      reached.add(m.decode().tokensPerSecond().median());
      double limit = m.machine().readBandwidthGBs() * 1e9 / m.decode().bytesPerToken();
      limits.add(Double.isFinite(limit) ? limit : 0);
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Look.WIDTH)
            .height(Look.HEIGHT)
            .title("Decode against the read bandwidth: " + first.config())
            .xAxisTitle(
                "precision of the weights"
                    + (oneThreadNumber ? ", " + Look.threads(first.threads()) : "")
                    + (oneBatch && first.batch() > 1 ? ", batch of " + first.batch() : ""))
            .yAxisTitle("tokens per second")
            .build();
    Look.apply(chart.getStyler());
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setLabelsPosition(0.9);
    chart.getStyler().setLabelsFontColorAutomaticEnabled(true);
    chart
        .getStyler()
        .setYAxisMax(
            HEADROOM
                * Stream.concat(reached.stream(), limits.stream())
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElse(1));
    chart.getStyler().setDecimalPattern("0");
    chart.getStyler().setAvailableSpaceFill(0.7);
    chart.addSeries("reached (median)", names, reached);
    if (limits.stream().anyMatch(limit -> limit > 0)) {
      chart
          .addSeries("limit: bytes read per second ÷ bytes of weights per token", names, limits)
          .setFillColor(new Color(0xC8C8C8));
    }
    return chart;
  }
}

package dev.rwkv.cli.figure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The loss of a training against its steps. */
public final class LossFigure {
  private static final int POINTS = 400;

  /**
   * Losses after steps, in rising order.
   *
   * @param steps how many steps were done
   * @param losses nats per token
   */
  public record Curve(List<Long> steps, List<Double> losses) {
    public Curve {
      steps = List.copyOf(steps);
      losses = List.copyOf(losses);
    }
  }

  private LossFigure() {}

  /**
   * Writes the figure, replacing what is there.
   *
   * @param training of every step; drawn as means of stretches of steps
   * @param validation may be empty
   */
  public static void write(String title, Curve training, Curve validation, Path file) {
    XYChart chart =
        new XYChartBuilder()
            .width(Look.WIDTH)
            .height(Look.HEIGHT)
            .title(title)
            .xAxisTitle("steps")
            .yAxisTitle("nats per token")
            .build();
    Look.apply(chart.getStyler());
    chart.getStyler().setXAxisMin(0.0);
    if (!training.steps().isEmpty()) {
      int every = Math.ceilDiv(training.steps().size(), POINTS);
      add(
          chart,
          every == 1 ? "training: each batch" : "training: means of " + every + " batches",
          means(training, every));
    }
    if (!validation.steps().isEmpty()) {
      add(chart, "validation", validation);
    }
    Svg.write(chart, file);
  }

  private static void add(XYChart chart, String name, Curve curve) {
    XYSeries series =
        chart.addSeries(
            name,
            curve.steps().stream().mapToDouble(Long::doubleValue).toArray(),
            curve.losses().stream().mapToDouble(Double::doubleValue).toArray());
    series.setMarker(SeriesMarkers.NONE).setLineStyle(Look.SOLID);
  }

  private static Curve means(Curve curve, int every) {
    List<Long> steps = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    for (int from = 0; from < curve.steps().size(); from += every) {
      int to = Math.min(curve.steps().size(), from + every);
      steps.add(curve.steps().get(to - 1));
      losses.add(
          curve.losses().subList(from, to).stream()
              .mapToDouble(Double::doubleValue)
              .average()
              .orElseThrow());
    }
    return new Curve(steps, losses);
  }
}

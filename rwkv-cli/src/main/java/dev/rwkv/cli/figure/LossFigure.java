package dev.rwkv.cli.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The loss of trainings against their steps. */
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

  /**
   * One training.
   *
   * @param name for the legend; empty when there is but one
   * @param training of every step; drawn as means of stretches of steps
   * @param validation may be empty
   */
  public record Run(String name, Curve training, Curve validation) {}

  private LossFigure() {}

  /** The curves of one training, or of several to compare. */
  public static XYChart of(String title, List<Run> runs) {
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
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      String prefix = run.name().isEmpty() ? "" : run.name() + ", ";
      Color colour = Look.colour(runs.size() == 1 ? 0 : i);
      if (!run.training().steps().isEmpty()) {
        int every = Math.ceilDiv(run.training().steps().size(), POINTS);
        add(
            chart,
            prefix
                + (every == 1
                    ? "training: each batch"
                    : "training: means of " + every + " batches"),
            means(run.training(), every),
            colour,
            Look.SOLID);
      }
      if (!run.validation().steps().isEmpty()) {
        // Alone it has a colour of its own; beside others a run has one colour.
        add(
            chart,
            prefix + "validation",
            run.validation(),
            runs.size() == 1 ? Look.colour(1) : colour,
            runs.size() == 1 ? Look.SOLID : Look.DASHED);
      }
    }
    return chart;
  }

  private static void add(XYChart chart, String name, Curve curve, Color colour, BasicStroke line) {
    XYSeries series =
        chart.addSeries(
            name,
            curve.steps().stream().mapToDouble(Long::doubleValue).toArray(),
            curve.losses().stream().mapToDouble(Double::doubleValue).toArray());
    series.setMarker(SeriesMarkers.NONE).setLineStyle(line).setLineColor(colour);
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

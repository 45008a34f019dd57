package dev.rwkv.cli.figure;

import dev.rwkv.ModelConfig;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The time decay of every layer, sorted by channel, as in the paper's Figure 10. */
public final class TimeDecayFigure {
  /** Of a line, which has a point per channel where there are fewer. */
  private static final int MOST_POINTS = 400;

  private static final int MOST_NAMES = 13;

  private TimeDecayFigure() {}

  /**
   * A line per layer.
   *
   * @param layers from the first to the last, at least one
   */
  public static XYChart of(ModelConfig config, List<LayerDecay> layers) {
    XYChart chart =
        new XYChartBuilder()
            .width(Look.WIDTH)
            .height(Look.HEIGHT)
            .title("Time decay of every layer: " + config)
            .xAxisTitle("channels of the layer, from the one that forgets fastest")
            .yAxisTitle("share of the past that a token keeps, exp(w)")
            .build();
    Look.apply(chart.getStyler());
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setYAxisMax(largest(layers));
    chart.getStyler().setXAxisMax((double) Math.max(1, config.width() - 1));
    int last = layers.size() - 1;
    int everyName = Math.max(1, Math.ceilDiv(last, MOST_NAMES - 1));
    for (int layer = 0; layer <= last; layer++) {
      addLine(chart, layer, layers.get(layer).sorted())
          .setLineColor(Look.depth(last == 0 ? 0 : (double) layer / last))
          .setShowInLegend(isNamed(layer, last, everyName));
    }
    return chart;
  }

  /** 1, unless the model is no sound one. */
  private static double largest(List<LayerDecay> layers) {
    return layers.stream()
        .flatMapToDouble(layer -> Arrays.stream(layer.factors()))
        .reduce(1, Math::max);
  }

  /** The last always is, and none so close to it that names would be uneven. */
  private static boolean isNamed(int layer, int last, int every) {
    return layer == last || (layer % every == 0 && last - layer >= every);
  }

  private static XYSeries addLine(XYChart chart, int layer, double[] sorted) {
    int points = Math.min(sorted.length, MOST_POINTS);
    double[] channels = new double[points];
    double[] factors = new double[points];
    for (int i = 0; i < points; i++) {
      int channel = points == 1 ? 0 : (int) ((long) i * (sorted.length - 1) / (points - 1));
      channels[i] = channel;
      factors[i] = sorted[channel];
    }
    XYSeries line = chart.addSeries("layer " + layer, channels, factors);
    line.setMarker(SeriesMarkers.NONE);
    line.setLineStyle(Look.SOLID);
    return line;
  }
}

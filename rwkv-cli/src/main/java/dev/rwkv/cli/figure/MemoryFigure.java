package dev.rwkv.cli.figure;

import dev.rwkv.cli.bench.LongText;
import java.util.Arrays;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Memory against the number of tokens, as in the paper's Figure 13. */
final class MemoryFigure {
  private static final int HALF_PRECISION = 2;

  private MemoryFigure() {}

  static XYChart of(LongText text) {
    XYChart chart =
        new XYChartBuilder()
            .width(Look.WIDTH)
            .height(Look.HEIGHT)
            .title("Memory of a text, beside the weights: " + text.config())
            .xAxisTitle("tokens generated")
            .yAxisTitle("megabytes")
            .build();
    Look.apply(chart.getStyler());
    chart.getStyler().setXAxisMin(0.0);
    double[] tokens = new double[text.heapBytes().length];
    double[] state = new double[tokens.length];
    double[] cache = new double[tokens.length];
    long perToken =
        2L * text.config().layers() * text.config().width() * HALF_PRECISION; // a key and a value
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (double) i * text.heapEvery();
      state[i] = text.stateBytes() / 1e6;
      cache[i] = perToken * tokens[i] / 1e6;
    }
    double[] heap = Arrays.stream(text.heapBytes()).map(bytes -> bytes / 1e6).toArray();
    chart
        .addSeries("measured: the whole heap after garbage collection", tokens, heap)
        .setMarker(SeriesMarkers.NONE)
        .setLineStyle(Look.SOLID);
    chart
        .addSeries("part of it: the session's state", tokens, state)
        .setMarker(SeriesMarkers.NONE)
        .setLineStyle(Look.SOLID);
    chart
        .addSeries(
            "computed, not measured: keys and values that a\n"
                + "transformer of the same L and C keeps, in f16",
            tokens,
            cache)
        .setMarker(SeriesMarkers.NONE)
        .setLineStyle(Look.DASHED);
    return chart;
  }
}

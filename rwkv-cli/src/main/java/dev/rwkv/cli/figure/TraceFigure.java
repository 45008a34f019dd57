package dev.rwkv.cli.figure;

import dev.rwkv.reference.CausalTrace;
import java.awt.Color;
import java.awt.Font;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.HeatMapSeries;
import org.knowm.xchart.style.Styler;

/** A causal trace as a map of tokens and layers, as in the paper's Figure 11. */
public final class TraceFigure {
  private static final Color[] COLOURS = {
    new Color(0xF7F7FB), new Color(0x9E9AC8), new Color(0x3F007D),
  };

  private static final int DIGITS = 3;
  private static final int TICKS = 10;
  private static final int ROW = 24;
  private static final int COLUMN = 26;
  private static final int AROUND_ROWS = 130;
  private static final int AROUND_COLUMNS = 300;

  private TraceFigure() {}

  /**
   * A cell per token and layer; its colour is the probability of the answer with that place
   * restored.
   *
   * @param labels of the tokens, [T]
   * @param answer its label
   */
  public static HeatMapChart of(List<String> labels, String answer, CausalTrace.Result result) {
    int layers = result.restored()[0].length;
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(Math.max(Look.WIDTH, AROUND_COLUMNS + COLUMN * layers))
            .height(AROUND_ROWS + ROW * Math.max(labels.size(), 10))
            .title("Where the answer " + displayable(answer) + " comes from")
            .xAxisTitle(
                String.format(
                    Locale.ROOT,
                    "layer after which the clean state is put back (clean: %.3g, with noise: %.3g)",
                    result.clean(),
                    result.corrupted()))
            .yAxisTitle("token; * has noise")
            .build();
    Look.apply(chart.getStyler());
    chart.getStyler().setYAxisMin(null);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setRangeColors(COLOURS);
    chart.getStyler().setPlotContentSize(1);
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setXAxisTickMarkSpacingHint(TICKS); // of both axes: all have labels
    List<Number[]> cells = new ArrayList<>();
    int last = labels.size() - 1;
    for (int t = 0; t <= last; t++) {
      for (int layer = 0; layer < layers; layer++) {
        // The first token is at the top.
        cells.add(new Number[] {layer, last - t, result.restored()[t][layer]});
      }
    }
    List<String> rows = new ArrayList<>(labels.stream().map(TraceFigure::displayable).toList());
    Collections.reverse(rows);
    HeatMapSeries series =
        chart.addSeries("probability", IntStream.range(0, layers).boxed().toList(), rows, cells);
    // The legend writes them with all their digits.
    series.setMin(rounded(series.getMin(), RoundingMode.FLOOR));
    series.setMax(rounded(series.getMax(), RoundingMode.CEILING));
    return chart;
  }

  private static double rounded(double probability, RoundingMode mode) {
    return new BigDecimal(probability).round(new MathContext(DIGITS, mode)).doubleValue();
  }

  /** Characters that the font does not have, by their numbers. */
  private static String displayable(String label) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    StringBuilder shown = new StringBuilder();
    label
        .codePoints()
        .forEach(c -> {
          if (font.canDisplay(c)) {
            shown.appendCodePoint(c);
          } else {
            shown.append(String.format(Locale.ROOT, "\\u%04X", c));
          }
        });
    return shown.toString();
  }
}

package dev.rwkv.cli.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Locale;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** What all figures have in common. */
final class Look {
  static final int WIDTH = 860;
  static final int HEIGHT = 480;

  static final BasicStroke SOLID = new BasicStroke(2.2f);
  static final BasicStroke DASHED =
      new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {9, 6}, 0);

  /** Colours that the colour-blind tell apart (Okabe and Ito). */
  private static final Color[] COLOURS = {
    new Color(0x0072B2),
    new Color(0xD55E00),
    new Color(0x009E73),
    new Color(0xCC79A7),
    new Color(0xE69F00),
    new Color(0x56B4E9),
    new Color(0x000000),
    new Color(0x999999),
  };

  /** From the first layer to the last; all of them dark enough to be seen on white. */
  private static final Color[] DEPTH = {
    new Color(0x0D0887), new Color(0x7E03A8), new Color(0xCC4778), new Color(0xF89540),
  };

  private Look() {}

  /** The colour of a series; they repeat after the last. */
  static Color colour(int series) {
    return COLOURS[series % COLOURS.length];
  }

  /**
   * The colour of a layer.
   *
   * @param share 0 for the first, 1 for the last
   */
  static Color depth(double share) {
    double at = share * (DEPTH.length - 1);
    int below = Math.min((int) at, DEPTH.length - 2);
    return between(DEPTH[below], DEPTH[below + 1], at - below);
  }

  private static Color between(Color one, Color other, double share) {
    return new Color(
        between(one.getRed(), other.getRed(), share),
        between(one.getGreen(), other.getGreen(), share),
        between(one.getBlue(), other.getBlue(), share));
  }

  private static int between(int one, int other, double share) {
    return (int) Math.round(one + share * (other - one));
  }

  static void apply(AxesChartStyler styler) {
    styler.setSeriesColors(COLOURS);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xDDDDDD));
    styler.setPlotBorderVisible(false);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Vertical);
    styler.setLocale(Locale.ROOT);
    styler.setYAxisMin(0.0);
  }

  static String threads(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }
}

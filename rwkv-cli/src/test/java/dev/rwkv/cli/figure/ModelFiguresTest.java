package dev.rwkv.cli.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.ModelConfig;
import dev.rwkv.reference.CausalTrace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** The figures of what is in a model. */
class ModelFiguresTest {
  @TempDir Path folder;

  private void draws(org.knowm.xchart.internal.chartpart.Chart<?, ?> chart) throws Exception {
    Path file = folder.resolve("x.svg");
    FigureFile.of("--output", file).write(chart);
    assertThat(Files.readString(file)).contains("<svg").doesNotContain("NaN", "Infinity");
  }

  @Test
  void aLayersDecayInNumbers() {
    LayerDecay four = LayerDecay.of(new double[] {-1e9, Math.log(0.5), 0, Math.log(0.995)});
    assertThat(four.sorted()).containsExactly(new double[] {0, 0.5, 0.995, 1}, within(1e-12));
    assertThat(four.median()).isCloseTo((0.5 + 0.995) / 2, within(1e-12));
    assertThat(four.shareAbove(0.99)).isEqualTo(0.5);
    assertThat(LayerDecay.of(new double[] {-3, -1, -2}).median()).isEqualTo(Math.exp(-2));
    assertThat(LayerDecay.halfLife(0.5)).isEqualTo(1);
    assertThat(LayerDecay.halfLife(Math.pow(0.5, 0.01))).isCloseTo(100, within(1e-9));
    assertThat(LayerDecay.halfLife(0)).isZero();
    assertThat(LayerDecay.halfLife(1)).isInfinite().isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 12, 13, 14, 24, 32, 40, 61})
  void everyLayerHasALineAndAFewHaveNames(int layers) throws Exception {
    ModelConfig config = ModelConfig.of("rwkv-4", layers, 3, 12, 9);
    List<LayerDecay> decays = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      decays.add(new LayerDecay(new double[] {0.5, 1, layer / (double) layers}));
    }
    XYChart chart = TimeDecayFigure.of(config, decays);
    List<XYSeries> lines = List.copyOf(chart.getSeriesCollection());
    assertThat(lines).hasSize(layers);
    assertThat(lines.getLast().getXData()).containsExactly(0, 1, 2);
    assertThat(lines).allSatisfy(line -> assertThat(line.getYData()).isSorted().endsWith(1));
    assertThat(lines.stream().filter(XYSeries::isShowInLegend).count())
        .isBetween(Math.min(layers, 6L), 13L);
    assertThat(lines.getFirst().isShowInLegend()).isTrue();
    assertThat(lines.getLast().isShowInLegend()).isTrue();
    assertThat(lines.stream().map(XYSeries::getLineColor)).doesNotHaveDuplicates();
    draws(chart);
  }

  @Test
  void aWideLayersLineHasItsEnds() {
    double[] factors = IntStream.range(0, 5120).mapToDouble(i -> i / 5119.0).toArray();
    XYSeries line =
        TimeDecayFigure.of(
                ModelConfig.of("rwkv-4", 1, 5120, 12, 9), List.of(new LayerDecay(factors)))
            .getSeriesCollection()
            .iterator()
            .next();
    assertThat(line.getXData()).startsWith(0).endsWith(5119).isSorted().hasSizeLessThan(1000);
    for (int i = 0; i < line.getXData().length; i++) {
      assertThat(line.getYData()[i]).isEqualTo(line.getXData()[i] / 5119.0);
    }
  }

  @Test
  void theFirstTokenIsAtTheTop() throws Exception {
    double[][] restored = {{0.1, 0.2}, {0.3, 0.4}, {0.5, 0.6}};
    HeatMapChart chart =
        TraceFigure.of(List.of("a*", "b", "b"), "'c'", new CausalTrace.Result(0.6, 0.1, restored));
    assertThat(chart.getHeatMapSeries().getYData()).hasToString("[b, b, a*]");
    assertThat(chart.getHeatMapSeries().getXData()).hasToString("[0, 1]");
    assertThat(List.<Number[]>copyOf(chart.getHeatMapSeries().getHeatData()))
        .contains(new Number[] {0, 2, 0.1}, new Number[] {1, 2, 0.2}, new Number[] {1, 0, 0.6})
        .hasSize(6);
    assertThat(chart.getTitle()).contains("'c'");
    assertThat(chart.getXAxisTitle()).contains("0.6", "0.1");
    draws(chart);
  }

  @Test
  void nothingToTellApartIsDrawnAsWell() throws Exception {
    draws(
        TraceFigure.of(
            List.of("a*"), "b", new CausalTrace.Result(0.25, 0.25, new double[][] {{0.25}})));
    draws(
        TraceFigure.of(
            List.of("\uD83D\uDE00*", "\u4E2D"),
            "\uD83D\uDE00",
            new CausalTrace.Result(0, 0, new double[2][3])));
  }
}

package dev.rwkv.cli.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.ModelConfig;
import dev.rwkv.cli.bench.Benchmark;
import dev.rwkv.cli.bench.LongText;
import dev.rwkv.cli.bench.Measurement;
import dev.rwkv.cli.bench.Spread;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.w3c.dom.Document;

/** The figures show the numbers that were measured, and are images. */
class FiguresTest {
  private static final ModelConfig CONFIG = ModelConfig.of("rwkv-4", 3, 5, 20, 77);

  @TempDir Path folder;

  @BeforeEach
  void withoutADisplay() {
    Figures.prepare("--figures", folder);
  }

  private static Measurement measurement(DType precision, int threads, double bytesPerToken) {
    return new Measurement(
        "vector",
        "m.bin",
        CONFIG,
        precision,
        threads,
        1,
        new Measurement.Decode(new Spread(80, 70, 90), bytesPerToken, 0.8, 0.1),
        new Measurement.Prefill(512, new Spread(1, 1, 1), 0.5),
        new Measurement.Machine(30, 100),
        1,
        0,
        0.5);
  }

  // 100 tokens: token i takes i + 1 seconds.
  private static LongText text(int threads) {
    double[] seconds = new double[100];
    Arrays.setAll(seconds, i -> i + 1.0);
    double[] heap = new double[21];
    Arrays.fill(heap, 4e6);
    return new LongText(CONFIG, DType.BF16, threads, seconds, 5, heap, 300);
  }

  @Test
  void theLimitIsTheBandwidthDividedByTheBytesOfAToken() {
    CategoryChart chart =
        DecodeFigure.of(List.of(measurement(DType.F32, 2, 3e8), measurement(DType.BF16, 2, 1.5e8)));
    assertThat(chart.getSeries("reached (median)").getYData()).containsExactly(80, 80);
    assertThat(chart.getSeriesCollection()).hasSize(2);
    assertThat(List.copyOf(chart.getSeriesCollection()).get(1).getYData())
        .containsExactly(100, 200);
    assertThat(chart.getXAxisTitle()).contains("2 threads");
  }

  @Test
  void whatDiffersIsInTheNames() {
    CategoryChart chart =
        DecodeFigure.of(List.of(measurement(DType.F32, 1, 3e8), measurement(DType.F32, 2, 3e8)));
    assertThat(chart.getSeries("reached (median)").getXData())
        .isEqualTo(List.of("f32, 1 thread", "f32, 2 threads"));
  }

  @Test
  void withoutKnownBytesThereIsNoLimit() {
    CategoryChart chart = DecodeFigure.of(List.of(measurement(DType.F32, 1, Double.NaN)));
    assertThat(chart.getSeriesCollection()).hasSize(1);
    Svg.write(chart, folder.resolve("x.svg"));
  }

  @Test
  void timeIsCumulative() {
    XYChart chart = TimeFigure.of(List.of(text(1), text(2)));
    assertThat(chart.getSeriesCollection()).hasSize(2);
    XYSeries line = chart.getSeriesCollection().iterator().next();
    assertThat(line.getXData()).startsWith(0, 5, 10).endsWith(100).hasSize(21);
    assertThat(line.getYData()).startsWith(0, 15, 55).endsWith(5050);
    assertThat(line.getName()).contains("bf16", "1 thread", "5500.00 ms", "95500.00");
  }

  @Test
  void theComputedCacheGrowsWithTheTokens() {
    XYChart chart = MemoryFigure.of(text(1));
    List<XYSeries> lines = List.copyOf(chart.getSeriesCollection());
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).getYData()).containsOnly(4);
    assertThat(lines.get(1).getYData()).containsOnly(300e-6);
    // A key and a value in 3 layers of 5 channels, 2 bytes each.
    assertThat(lines.get(2).getYData()).startsWith(0).endsWith(100 * 2 * 3 * 5 * 2 / 1e6);
    assertThat(lines.get(2).getName()).contains("computed");
  }

  @Test
  void theFilesAreImages() throws Exception {
    Figures.write(
        new Benchmark.Results(List.of(measurement(DType.Q4_0, 2, 1e8)), List.of(text(2))), folder);
    for (String name : List.of("decode.svg", "time.svg", "memory.svg")) {
      Path file = folder.resolve(name);
      assertThat(Files.readString(file)).doesNotContain("NaN").doesNotContain("Infinity");
      DocumentBuilderFactory xml = DocumentBuilderFactory.newDefaultInstance();
      xml.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
      Document svg = xml.newDocumentBuilder().parse(file.toFile());
      assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
      assertThat(svg.getElementsByTagName("path").getLength()).isGreaterThan(10);
    }
  }

  @Test
  void foldersThatCannotBeAreNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Figures.prepare("--figures", file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("--figures")
        .hasMessageContaining("file");
    assertThatThrownBy(() -> Figures.prepare("--figures", file.resolve("below")))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Svg.write(MemoryFigure.of(text(1)), folder.resolve("no/x.svg")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("x.svg");
    Figures.prepare("--figures", folder.resolve("new/one"));
    assertThat(folder.resolve("new/one")).isDirectory();
  }
}

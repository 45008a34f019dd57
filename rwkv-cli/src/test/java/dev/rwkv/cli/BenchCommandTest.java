package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What bench prints and refuses; never how fast anything is. */
class BenchCommandTest {
  @TempDir Path folder;

  private static JsonNode json(Object... args) {
    return JsonMapper.shared().readTree(Run.of(args).succeeds().out());
  }

  @Test
  void jsonHasAnObjectPerCombinationWithTheAgreedKeys() {
    Path model = SyntheticModels.bytes(folder);
    JsonNode array =
        json(
            "bench",
            "-m",
            model,
            "-b",
            "vector",
            "--precision",
            "bf16,q8_0",
            "--threads",
            "2",
            "--batch",
            "1,3",
            "--prompt",
            9,
            "--gen",
            5,
            "--rounds",
            2,
            "--json");
    assertThat(array.size()).isEqualTo(4);
    List<String> combinations = new ArrayList<>();
    for (JsonNode object : array) {
      combinations.add(
          object.path("precision").stringValue()
              + " "
              + object.path("threads").intValue()
              + " "
              + object.path("batch").intValue());
      assertThat(object.propertyNames())
          .containsExactly(
              "backend",
              "model",
              "precision",
              "threads",
              "batch",
              "decode",
              "prefill",
              "machine",
              "timeToFirstTokenMillis",
              "bytesAllocatedPerToken",
              "zeroShare");
      assertThat(object.path("backend").stringValue()).isEqualTo("vector");
      assertThat(object.path("model").stringValue()).isEqualTo(model.toString());
      assertThat(object.path("decode").propertyNames())
          .containsExactly("tokensPerSecond", "bytesPerToken", "shareOfBandwidth", "shareOfPeak");
      assertThat(object.path("prefill").propertyNames())
          .containsExactly("tokens", "tokensPerSecond", "shareOfPeak");
      assertThat(object.path("prefill").path("tokens").intValue()).isEqualTo(9);
      assertThat(object.path("machine").propertyNames())
          .containsExactly("readBandwidthGBs", "fmaPeakGflops");
      assertSpread(object.path("decode").path("tokensPerSecond"));
      assertSpread(object.path("prefill").path("tokensPerSecond"));
      assertThat(object.path("decode").path("shareOfBandwidth").doubleValue()).isPositive();
      assertThat(object.path("decode").path("shareOfPeak").doubleValue()).isPositive();
      assertThat(object.path("prefill").path("shareOfPeak").doubleValue()).isPositive();
      assertThat(object.path("machine").path("readBandwidthGBs").doubleValue()).isPositive();
      assertThat(object.path("machine").path("fmaPeakGflops").doubleValue()).isPositive();
      assertThat(object.path("timeToFirstTokenMillis").doubleValue()).isPositive();
      assertThat(object.path("bytesAllocatedPerToken").doubleValue()).isNotNegative();
    }
    assertThat(combinations).containsExactly("bf16 2 1", "bf16 2 3", "q8_0 2 1", "q8_0 2 3");
    // A prompt is read by one session.
    assertThat(array.get(1).path("prefill")).isEqualTo(array.get(0).path("prefill"));
  }

  private static void assertSpread(JsonNode spread) {
    assertThat(spread.propertyNames()).containsExactly("median", "min", "max");
    double median = spread.path("median").doubleValue();
    assertThat(spread.path("min").doubleValue()).isPositive().isLessThanOrEqualTo(median);
    assertThat(spread.path("max").doubleValue()).isGreaterThanOrEqualTo(median);
  }

  @Test
  void bytesPerTokenAreThoseThatAreTouched() {
    // Whole panels at every width: 2 layers of 5·64² + 2·64·256 weights, and a head of 256·64.
    Path model = folder.resolve("model.safetensors");
    Run.of("synth", "--layers", 2, "--dim", 64, "--vocab", 256, model).succeeds();
    double dense = 2 * (5 * 64 * 64 + 2.0 * 64 * 256) + 256 * 64;
    Object[] common = {
      "bench", "-m", model, "-b", "vector", "--prompt", 129, "--gen", 5, "--rounds", 1, "--json"
    };
    JsonNode skipping = json(with(common, "--batch", "1,4"));
    // Half of them are zero, which is too few to leave them out.
    assertThat(skipping.get(0).path("zeroShare").doubleValue()).isBetween(0.2, 0.8);
    assertThat(skipping.get(0).path("decode").path("bytesPerToken").doubleValue())
        .isLessThanOrEqualTo(4 * dense);
    // A batch reads everything, once for all of its sessions.
    assertThat(skipping.get(1).path("decode").path("bytesPerToken").doubleValue())
        .isEqualTo(4 * dense / 4);
    assertThat(skipping.get(1).path("zeroShare").isNull()).isTrue();
    JsonNode reading = json(with(common, "--dense"));
    assertThat(reading.get(0).path("decode").path("bytesPerToken").doubleValue())
        .isEqualTo(4 * dense);
    assertThat(reading.get(0).path("zeroShare").doubleValue()).isBetween(0.2, 0.8);
  }

  private static Object[] with(Object[] some, Object... more) {
    List<Object> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray();
  }

  @Test
  void whatABackendDoesNotTellIsNull() {
    JsonNode object =
        json(
                "bench",
                "-m",
                SyntheticModels.bytes(folder),
                "-b",
                "reference",
                "--prompt",
                3,
                "--gen",
                2,
                "--rounds",
                1,
                "--json")
            .get(0);
    assertThat(object.path("decode").path("bytesPerToken").isNull()).isTrue();
    assertThat(object.path("decode").path("shareOfBandwidth").isNull()).isTrue();
    assertThat(object.path("zeroShare").isNull()).isTrue();
    assertThat(object.path("prefill").path("shareOfPeak").doubleValue()).isPositive();
  }

  @Test
  void theTableHasALinePerCombinationAndTheLimits() {
    Run run =
        Run.of(
                "bench",
                "-m",
                SyntheticModels.bytes(folder),
                "--threads",
                "1,2",
                "--prompt",
                4,
                "--gen",
                3,
                "--rounds",
                1)
            .succeeds();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).anySatisfy(line -> assertThat(line).contains("rwkv-4 L2 C32 F128 V256"));
    assertThat(lines.stream().filter(line -> line.startsWith("f32"))).hasSize(2);
    assertThat(lines.stream().filter(line -> line.contains("precision  threads"))).hasSize(1);
    assertThat(lines)
        .anySatisfy(line -> assertThat(line).contains("1 thread ", "GB/s", "GFLOP/s"))
        .anySatisfy(line -> assertThat(line).contains("2 threads ", "GB/s", "GFLOP/s"));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void whatWasMeasuredStandsThoughTheNextCannotBe() {
    Run run =
        Run.of(
                "bench",
                "-m",
                SyntheticModels.bytes(folder),
                "--threads",
                1,
                "--batch",
                "1,2000000000",
                "--prompt",
                2,
                "--gen",
                2,
                "--rounds",
                1)
            .fails("do not fit");
    assertThat(run.out().lines().filter(line -> line.startsWith("f32 "))).hasSize(1);
  }

  @Test
  void figuresAreWrittenBesideTheReport() {
    Path figures = folder.resolve("made/here");
    Run run =
        Run.of(
                "bench",
                "-m",
                SyntheticModels.bytes(folder),
                "--threads",
                1,
                "--prompt",
                2,
                "--gen",
                2,
                "--rounds",
                1,
                "--figures",
                figures)
            .succeeds();
    assertThat(run.out()).contains("of bandwidth");
    assertThat(figures).isDirectoryContaining("glob:**/{decode,time,memory}.svg");
    assertThat(figures.toFile().list()).hasSize(3);
    Run.of("bench", "-m", SyntheticModels.bytes(folder), "--figures", figures.resolve("time.svg"))
        .fails("--figures", "time.svg");
  }

  @ParameterizedTest
  @CsvSource({
    "--precision, 'bf16,q9', q9",
    "--precision, i64, i64",
    "--threads, 0, 1024",
    "--threads, '1,9999', 9999",
    "--batch, '1,0', at least 1",
    "--batch, 2000000000, do not fit",
    "--gen, 0, at least 1",
    "--prompt, -1, at least 1",
    "--prompt, 2147483647, RWKV_JAVA_OPTS",
    "--rounds, 0, at least 1",
  })
  void valuesThatCannotBeAreNamed(String option, String value, String mention) {
    Path model = SyntheticModels.bytes(folder);
    Run.of("bench", "-m", model, option, value).fails(option, mention);
  }

  @Test
  void whatCannotBeMeasuredIsRefusedBeforeAnythingIs() {
    Path model = SyntheticModels.bytes(folder);
    Run.of("bench", "-m", folder.resolve("none")).fails("none", "no such file");
    Run.of("bench", "-m", model, "-b", "gpu").fails("gpu", "vector");
    Path odd = folder.resolve("odd.safetensors");
    Run.of("synth", "--layers", 1, "--dim", 12, "--vocab", 9, odd).succeeds();
    Run.of("bench", "-m", odd, "-b", "vector", "--precision", "f32,q4_0").fails("q4_0", "32");
    Run.of("bench", "-m", model, "--threads", "many").isWrongUsage("--threads", "many");
    Run.of("bench", "-m", model, "--threads", "").isWrongUsage("--threads");
    Run.of("bench", "-m", model, "--batch", "1.5").isWrongUsage("--batch");
    Run.of("bench", "-m", model, "--prompt", "99999999999").isWrongUsage("--prompt");
  }
}

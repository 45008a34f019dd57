package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.testing.SharedData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** inspect, synth, convert and state: the commands that read and write files of weights. */
class ModelFilesCommandsTest {
  @TempDir Path folder;

  /** The paper's Table 2. */
  @ParameterizedTest
  @CsvSource({
    "12,  768, 1.693 × 10^8,  2.613 × 10^8",
    "24, 1024, 4.304 × 10^8,  7.573 × 10^8",
    "24, 2048, 1.515 × 10^9,  2.823 × 10^9",
    "32, 2560, 2.985 × 10^9,  5.710 × 10^9",
    "32, 4096, 7.393 × 10^9,  1.437 × 10^10",
    "40, 5120, 1.415 × 10^10, 2.778 × 10^10",
  })
  void inspectGivesTable2(int layers, int dim, String parameters, String flops) {
    Path model = folder.resolve("model.safetensors");
    Run.of("synth", "--layers", layers, "--dim", dim, "--vocab", 50277, "--sparse", model)
        .succeeds();
    Run run = Run.of("inspect", model).succeeds();
    assertThat(run.out().lines().filter(line -> line.startsWith("parameters")).toList())
        .singleElement()
        .asString()
        .contains("(" + parameters + ")");
    assertThat(run.out().lines().filter(line -> line.startsWith("FLOPs")).toList())
        .singleElement()
        .asString()
        .contains("(" + flops + ")");
    assertThat(run.out()).contains("pile");
  }

  @Test
  void inspectAsJson() {
    Path model = SyntheticModels.bytes(folder);
    JsonNode json =
        JsonMapper.shared().readTree(Run.of("inspect", model, "--json").succeeds().out());
    assertThat(json.path("architecture").stringValue()).isEqualTo("rwkv-4");
    assertThat(json.path("layers").intValue()).isEqualTo(2);
    assertThat(json.path("vocabulary").intValue()).isEqualTo(256);
    // 2VC + 13C²L + C(11L + 4)
    assertThat(json.path("parameters").longValue())
        .isEqualTo(2 * 256 * 32 + 13 * 32 * 32 * 2 + 32 * (11 * 2 + 4));
    assertThat(json.path("stateBytes").longValue()).isEqualTo(5 * 32 * 2 * 4);
    assertThat(json.path("tokenizer").stringValue()).isEqualTo("bytes");
  }

  @Test
  void nanWeightsAreFoundAndNamed() throws IOException {
    Path model = SyntheticModels.bytes(folder);
    Run.of("inspect", "--verify", model).succeeds();
    long offset;
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      long end = 0;
      offset = -1;
      for (String name : checkpoint.names()) {
        if (name.equals("blocks.1.att.key.weight")) {
          offset = end;
        }
        end += checkpoint.tensor(name).data().byteSize();
      }
      offset += Files.size(model) - end;
    }
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.seek(offset + 4 * 5);
      file.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(Float.NaN)));
    }
    Run.of("inspect", "--verify", model).fails("blocks.1.att.key.weight", "NaN", "element 5");
    Run.of("inspect", model).succeeds();
    Run.of("logits", "-m", model, "--tokens", "1,2")
        .fails("not finite", "blocks.1.att.key.weight", "NaN");
  }

  @Test
  void synthIsReproducible() throws IOException {
    Path one = folder.resolve("one.safetensors");
    Path two = folder.resolve("two.safetensors");
    for (Path file : new Path[] {one, two}) {
      Run.of("synth", "--layers", 1, "--dim", 12, "--vocab", 9, "--dtype", "bf16", file).succeeds();
    }
    assertThat(Files.mismatch(one, two)).isEqualTo(-1);
    Run.of("synth", "--layers", 0, "--dim", 12, "--vocab", 9, one).fails("layers", "0");
    Run.of("synth", "--layers", 1, "--dim", -3, "--vocab", 9, one).fails("dim", "-3");
    Run.of("synth", "--layers", 1, "--dim", 4, "--vocab", 9, "--dtype", "q4_0", one).fails("q4_0");
    Run.of("synth", "--layers", 1, "--dim", 4, "--vocab", 9, folder.resolve("no/x")).fails("no/x");
    Run.of("synth", one).isWrongUsage("--layers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "f16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"})
  void convertedModelsSayTheSameAsTheirPrecisionInMemory(String precision) {
    Path model = SyntheticModels.bytes(folder);
    Path converted = folder.resolve("converted.bin");
    Run.of("convert", model, converted, "--precision", precision).succeeds();
    String fromFile =
        Run.of("logits", "-m", converted, "--tokens", "1,2,3", "-b", "reference").succeeds().out();
    String inMemory =
        Run.of(
                "logits",
                "-m",
                model,
                "--precision",
                precision,
                "--tokens",
                "1,2,3",
                "-b",
                "reference")
            .succeeds()
            .out();
    // rwkv.cpp files hold a ready-made float32 decay, which moves logits by its rounding.
    double[] a = values(fromFile);
    double[] b = values(inMemory);
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(b[i], within(1e-5));
    }
  }

  /** The second column of what logits prints. */
  private static double[] values(String table) {
    return table
        .lines()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .toArray();
  }

  @Test
  void convertRefusesWhatCannotBe() {
    Path model = SyntheticModels.bytes(folder);
    Run.of("convert", model, folder.resolve("x.safetensors"), "--precision", "q4_0")
        .fails("x.safetensors", ".bin");
    Run.of("convert", model, folder.resolve("x.onnx")).fails("x.onnx", ".safetensors");
    Run.of("convert", model, model).fails("another name");
    Run.of("convert", folder.resolve("none"), folder.resolve("x.bin")).fails("none");
    Run.of("convert", model).isWrongUsage("OUT");
  }

  @Test
  void statesAreWrittenAsDocumented() {
    Path model = SharedData.path("models/mini-v4-a-fp32.pth");
    Path golden = SharedData.path("models/mini-v4-a-fp32.golden.safetensors");
    Path out = folder.resolve("state.safetensors");
    try (Checkpoint expected = Checkpoint.open(golden)) {
      StringBuilder tokens = new StringBuilder();
      for (double token : expected.tensor("tokens").toDoubles()) {
        tokens.append((int) token).append(',');
      }
      for (String form : new String[] {"recurrent", "parallel"}) {
        Run.of(
                "state",
                "-m",
                model,
                "--tokens",
                tokens,
                "--form",
                form,
                "-o",
                out,
                "-b",
                "reference")
            .succeeds();
        try (Checkpoint state = Checkpoint.open(out)) {
          assertThat(state.names()).hasSize(3 * 5);
          for (String name : state.names()) {
            assertThat(expected.names()).contains("state." + name);
          }
          double[] shift = state.tensor("blocks.2.ffn.shift").toDoubles();
          double[] wanted = expected.tensor("state.blocks.2.ffn.shift").toDoubles();
          for (int i = 0; i < shift.length; i++) {
            assertThat(shift[i]).isCloseTo(wanted[i], within(1e-9));
          }
        }
      }
    }
    Run.of("state", "-m", model, "--tokens", "1").isWrongUsage("--output");
    Run.of("state", "-m", model, "--tokens", "321", "-o", out).fails("321", "0 to 320");
  }
}

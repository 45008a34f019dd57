package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.testing.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogitsCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"FP32.bin", "fp32.pth", "fp32.safetensors"})
  void meetsTheOfficialLogits(String ending) throws IOException {
    Path model = SharedData.path("models/tiny-rwkv-4v0-660K-" + ending);
    Path out = folder.resolve("x.npy");
    Run.of("logits", "-m", model, "-b", "reference", "--tokens", "34,105,110", "-o", out)
        .succeeds();

    float[] actual = readNpy(out, "(256,)");
    ByteBuffer expected =
        ByteBuffer.wrap(Files.readAllBytes(SharedData.path("models/expected-logits-4v0-660K.bin")))
            .order(ByteOrder.LITTLE_ENDIAN);
    assertThat(actual).hasSize(256);
    for (float logit : actual) {
      assertThat(logit).isCloseTo(expected.getFloat(), within(1e-5f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--form=recurrent", "--form=parallel", "--chunk=7"})
  void writesLogitsAfterEveryToken(String form) throws IOException {
    Path golden = SharedData.path("models/mini-v4-a-fp32.golden.safetensors");
    Path out = folder.resolve("all.npy");
    try (Checkpoint expected = Checkpoint.open(golden)) {
      double[] tokens = expected.tensor("tokens").toDoubles();
      StringBuilder ids = new StringBuilder();
      for (double token : tokens) {
        ids.append((int) token).append(',');
      }
      Path model = SharedData.path("models/mini-v4-a-fp32.pth");
      Run.of("logits", "-m", model, "-b", "reference", "--tokens", ids, form, "--all", "-o", out)
          .succeeds();

      float[] actual = readNpy(out, "(" + tokens.length + ", 321)");
      float[] logits = expected.tensor("logits").toFloats();
      assertThat(actual).hasSameSizeAs(logits);
      for (int i = 0; i < actual.length; i++) {
        // Both are doubles rounded to float: they differ by one rounding at most.
        assertThat(actual[i]).isCloseTo(logits[i], within(Math.ulp(logits[i])));
      }
    }
  }

  @Test
  void printsTheTenLargestWithoutAFile() {
    Path model = SharedData.path("models/tiny-rwkv-4v0-660K-FP32.bin");
    Run run = Run.of("logits", "-m", model, "--tokens", "34,105,110").succeeds();
    assertThat(run.out().lines()).hasSize(10);
  }

  @Test
  void badTokensAreNamed() {
    Path model = SharedData.path("models/tiny-rwkv-4v0-660K-FP32.bin");
    Run.of("logits", "-m", model, "--tokens", "-1").fails("-1", "0 to 255");
    Run.of("logits", "-m", model, "--tokens", "1,256").fails("tokens[1]", "256", "0 to 255");
    Run.of("logits", "-m", model, "--tokens", "1,two").fails("--tokens", "'two'");
    Run.of("logits", "-m", model, "--tokens", "99999999999").fails("99999999999");
    Run.of("logits", "-m", model, "--tokens", ",").fails("--tokens");
  }

  @Test
  void wrongUsageIsTold() {
    Run.of("logits").isWrongUsage("--tokens");
    Run.of("logits", "--tokens", "1", "--all").isWrongUsage("--all", "-o");
    Run.of("logits", "--tokens", "1", "--form", "sideways").isWrongUsage("--form");
    Run.of("logits", "--tokens", "1", "--typo").isWrongUsage("--typo");
    Run.of().isWrongUsage("command");
    Run.of("frobnicate").isWrongUsage("frobnicate");
  }

  @Test
  void badOptionsAreNamed() {
    Path model = SharedData.path("models/tiny-rwkv-4v0-660K-FP32.bin");
    Run.of("logits", "-m", model, "--tokens", "1", "-b", "nope").fails("nope", "reference");
    Run.of("logits", "-m", model, "--tokens", "1", "--threads", "0").fails("threads", "0");
    Run.of("logits", "-m", model, "--tokens", "1", "--threads", "10000").fails("threads");
    Run.of("logits", "-m", model, "--tokens", "1", "--precision", "q3").fails("--precision", "q3");
    Run.of("logits", "-m", model, "--tokens", "1", "--chunk", "0").fails("--chunk");
    Run.of("logits", "-m", model, "--tokens", "1", "-o", folder.resolve("no/such/x.npy"))
        .fails("x.npy", "does not exist");
    Run.of("logits", "-m", model, "--tokens", "1", "--form", "recurrent", "--chunk", "2")
        .fails("--chunk");
  }

  @Test
  void aFailureLeavesWhatWasThere() throws IOException {
    Path model = SyntheticModels.bytes(folder);
    Path out = Files.writeString(folder.resolve("keep.npy"), "precious");
    for (String form : new String[] {"recurrent", "parallel"}) {
      Run.of("logits", "-m", model, "--tokens", "1,2,256", "--form", form, "--all", "-o", out)
          .fails("256");
    }
    assertThat(out).hasContent("precious");
    byte[] before = Files.readAllBytes(model);
    Run.of("logits", "-m", model, "--tokens", "1", "-o", model).fails("--output", "the model");
    Run.of("state", "-m", model, "--tokens", "1", "-o", model).fails("--output", "the model");
    assertThat(model).hasBinaryContent(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(model, out);
    }
  }

  private static float[] readNpy(Path file, String shape) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertThat(magic).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
    byte[] header = new byte[bytes.getShort()];
    bytes.get(header);
    assertThat((10 + header.length) % 64).isZero();
    assertThat(new String(header, StandardCharsets.US_ASCII))
        .contains("'<f4'", "'fortran_order': False", "'shape': " + shape);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }
}

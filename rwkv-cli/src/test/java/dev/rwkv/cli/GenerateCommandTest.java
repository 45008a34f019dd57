package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
  @TempDir Path folder;

  @Test
  void theRealTinyModelContinuesText() {
    Path model = SharedData.path("models/tiny-rwkv-4v0-660K-FP32.bin");
    Run run = Run.of("generate", "-m", model, "--seed", 7, "-n", 200, "in the").succeeds();
    // A byte model that was trained on English: mostly letters and blanks, as English is.
    assertThat(run.out().chars().filter(c -> Character.isLetter(c) || c == ' ').count())
        .isGreaterThan(run.out().length() * 3L / 4);
    assertThat(run.err()).contains("prompt 6 tokens", "200 tokens", "seed 7", "tokens/s");
  }

  @Test
  void theSameSeedSaysTheSame() {
    Path model = SyntheticModels.bytes(folder);
    String first = generate(model, "--seed", 7, "-n", 64, "in the").out();
    assertThat(generate(model, "--seed", 7, "-n", 64, "in the").out()).isEqualTo(first);
    assertThat(generate(model, "--seed", 8, "-n", 64, "in the").out()).isNotEqualTo(first);
  }

  @Test
  void theNoteBeginsALineWhereverTheTextEnds() {
    Path model = SyntheticModels.bytes(folder);
    int most = 1000;
    int lineEnd = generate(model, "--seed", 3, "-n", most, "x").out().indexOf('\n');
    assertThat(lineEnd).isPositive();
    int tokens = 0; // until the line ends: a character may take several
    while (tokens < most) {
      int middle = (tokens + most) / 2;
      Run run = generate(model, "--seed", 3, "-n", middle, "x");
      boolean lineEnded = run.out().isEmpty() || run.out().endsWith("\n");
      assertThat(run.err()).startsWith(lineEnded ? "[" : System.lineSeparator() + "[");
      if (run.out().length() > lineEnd) {
        most = middle;
      } else {
        tokens = middle + 1;
      }
    }
    Run ended = generate(model, "--seed", 3, "-n", tokens, "x");
    assertThat(ended.out()).endsWith("\n");
    assertThat(ended.err()).startsWith("[");
  }

  @Test
  void aSavedStateGoesOnAsIfNeverStopped() {
    Path model = SyntheticModels.bytes(folder);
    Path state = folder.resolve("state.safetensors");
    Object[] sampling = {"--temperature", "1.3", "--frequency-penalty", "0.4", "--top-p", "1"};
    String whole = generate(model, with(sampling, "--seed", 5, "-n", 90, "Once")).out();
    for (int split : new int[] {0, 1, 31, 32, 33, 89}) {
      String first =
          generate(model, with(sampling, "--seed", 5, "-n", split, "--save-state", state, "Once"))
              .out();
      String second = generate(model, with(sampling, "-n", 90 - split, "--state", state)).out();
      assertThat(first + second).as("stopped after %s tokens", split).isEqualTo(whole);
    }
  }

  @Test
  void stopTextsEndTheOutput() {
    Path model = SyntheticModels.bytes(folder);
    String whole = generate(model, "--seed", 2, "-n", 80, "x").out();
    // Its bytes are random, and a stop text has to be text.
    int at =
        IntStream.range(20, whole.length())
            .filter(i -> whole.charAt(i) > ' ' && whole.charAt(i) < 127)
            .findFirst()
            .orElseThrow();
    String stop = whole.substring(at, at + 1);
    Run stopped = generate(model, "--seed", 2, "-n", 80, "--stop", stop, "x");
    assertThat(stopped.out()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(stopped.err()).contains("stop_text");
  }

  @Test
  void badOptionsAreNamed() throws IOException {
    Path model = SyntheticModels.bytes(folder);
    Run.of("generate", "-m", model, "-n", "-1", "x").fails("-n", "-1");
    Run.of("generate", "-m", model, "-n", "many", "x").isWrongUsage("many");
    Run.of("generate", "-m", model, "--top-p", "1.5", "x").fails("topP", "1.5");
    Run.of("generate", "-m", model, "--temperature", "NaN", "x").fails("temperature", "NaN");
    Run.of("generate", "-m", model, "--stop", "", "x").fails("stop");
    Run.of("generate", "-m", model).fails("prompt");
    Run.of("generate", "-m", model, "--tokenizer", "world", "x").fails("65530", "256");
    Run.of("generate", "-m", model, "--tokenizer", folder.resolve("none.json"), "x")
        .fails("none.json");
    Run.of("generate", "-m", model, "--state", folder.resolve("none"), "x").fails("none");
    Path noState = Files.writeString(folder.resolve("no.state"), "not a state");
    Run.of("generate", "-m", model, "--state", noState, "x").fails("no.state");
    Run.of("generate", "-m", model, "--state", model, "x").fails("is no saved state");
    Run.of("generate", "-m", model, "--save-state", folder.resolve("no/such/file"), "x")
        .fails("--save-state", "no/such", "does not exist");
    Run.of("generate", "-m", model, "--save-state", model, "x").fails("--save-state", "the model");
    Run.of("generate", "-m", "", "x").isWrongUsage("--model", "empty");
  }

  @Test
  void aForeignStateIsRefused() {
    Path model = SyntheticModels.bytes(folder);
    Path other = folder.resolve("other.safetensors");
    Run.of("synth", "--layers", 2, "--dim", 32, "--vocab", 256, "--seed", 4, other).succeeds();
    Path state = folder.resolve("state.safetensors");
    Run.of("state", "-m", other, "--tokens", "1,2,3", "-o", state).succeeds();
    Run.of("generate", "-m", model, "--state", state, "x").fails("fingerprint");
    assertThat(Run.of("generate", "-m", other, "--state", state, "-n", 3, "x").exitCode()).isZero();
  }

  private static Object[] with(Object[] some, Object... more) {
    Object[] all = new Object[some.length + more.length];
    System.arraycopy(some, 0, all, 0, some.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  private static Run generate(Path model, Object... args) {
    return Run.of(with(new Object[] {"generate", "-m", model}, args)).succeeds();
  }
}

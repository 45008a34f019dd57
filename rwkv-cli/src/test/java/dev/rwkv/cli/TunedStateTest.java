package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.model.shakespeare.ShakespeareModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State tuning of the built-in model, for a text that is not at all like what it has read. */
class TunedStateTest {
  /** Nats per byte by which a state is better than none; docs/training.md states it. */
  private static final double MARGIN = 0.4;

  @TempDir Path folder;

  @Test
  void aTunedStateLowersTheLossOfAFrozenModelOnANewText() throws IOException {
    Path root = Path.of(System.getProperty("rwkv.root", ".."));
    Path config = folder.resolve("license-state.toml");
    Files.copy(ShakespeareModel.path(), folder.resolve("shakespeare.bin"));
    Files.writeString(
        config,
        Files.readString(root.resolve("docs/examples/license-state.toml"))
            .replace("../../LICENSE", root.resolve("LICENSE").toAbsolutePath().toString())
            .replaceFirst("model = \".*\"", "model = \"shakespeare.bin\"")
            .replace("steps = 120", "steps = 30")
            .replace("context = 128", "context = 64"));
    String out = Run.of("train", config).succeeds().out();
    double without = loss("without a tuned state: validation loss ([0-9.]+)", out);
    double with = loss("step 30: validation loss ([0-9.]+)", out);
    assertThat(with).isLessThan(without - MARGIN);

    Path state = folder.resolve("license-state/state.safetensors");
    String plain = Run.of("generate", "--seed", 1, "-n", 60, "You may").succeeds().out();
    String tuned =
        Run.of("generate", "--seed", 1, "-n", 60, "--state", state, "You may").succeeds().out();
    assertThat(tuned).isNotEqualTo(plain);
  }

  private static double loss(String pattern, String out) {
    Matcher line = Pattern.compile(pattern).matcher(out);
    assertThat(line.find()).as("%s in %s", pattern, out).isTrue();
    return Double.parseDouble(line.group(1));
  }
}

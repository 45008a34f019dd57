package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  private static final String MODEL =
      """
      [model]
      layers = 1
      dim = 16
      [data]
      file = "corpus.txt"
      [training]
      steps = 6
      batch = 2
      context = 16
      [output]
      dir = "run"
      validate_every = 3
      checkpoint_every = 2
      sample_every = 6
      sample_prompt = "the "
      sample_tokens = 8
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeCorpus() throws IOException {
    Files.writeString(folder.resolve("corpus.txt"), "the cat sat on the mat. ".repeat(40));
  }

  private Path config(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void aRunWritesAModelThatEveryCommandReadsAndItsLosses() throws IOException {
    Run run = Run.of("train", config("tiny.toml", MODEL), "--threads", 1).succeeds();

    Path model = folder.resolve("run/model.safetensors");
    assertThat(run.out())
        .contains("step 3: validation loss", "step 6: validation loss", "bits per byte")
        .contains("step 6: sample:\n    the ")
        .contains("done, written: " + model);
    Run.of("inspect", model).succeeds();
    Run.of("generate", "-m", model, "-n", 4, "the cat").succeeds();
    List<String> losses = Files.readAllLines(folder.resolve("run/loss.csv"));
    assertThat(losses).hasSize(7);
    assertThat(losses.getFirst())
        .isEqualTo("step,learning_rate,gradient_norm,loss,validation_loss");
    assertThat(losses.get(1)).startsWith("1,0.0006").endsWith(",");
    assertThat(losses.get(3)).startsWith("3,").doesNotEndWith(",");
    assertThat(folder.resolve("run/loss.svg")).content().contains("<svg");
  }

  @Test
  void aSecondRunHasNothingLeftToDoAndFreshBeginsAnew() throws IOException {
    Path config = config("tiny.toml", MODEL);
    Run.of("train", config, "--threads", 1).succeeds();
    Path model = folder.resolve("run/model.safetensors");
    byte[] first = Files.readAllBytes(model);
    String losses = Files.readString(folder.resolve("run/loss.csv"));

    Run again = Run.of("train", config, "--threads", 2).succeeds();
    assertThat(again.out()).contains("goes on after step 6");
    assertThat(Files.readString(folder.resolve("run/loss.csv"))).isEqualTo(losses);

    Run.of("train", config, "--threads", 2, "--fresh").succeeds();
    assertThat(Files.readAllBytes(model)).isEqualTo(first);
  }

  @Test
  void aTunedStateIsWhatGenerateGoesOnFrom() throws IOException {
    Run.of("train", config("tiny.toml", MODEL), "--threads", 1).succeeds();
    Path config =
        config(
            "state.toml",
            """
            [state]
            model = "run/model.safetensors"
            output = "tuned.safetensors"
            [data]
            file = "corpus.txt"
            [training]
            steps = 3
            batch = 2
            context = 16
            """);
    Run.of("train", config, "--threads", 1).succeeds();

    Path model = folder.resolve("run/model.safetensors");
    Path state = folder.resolve("tuned.safetensors");
    Run.of("generate", "-m", model, "--state", state, "-n", 4, "the ").succeeds();
    Run.of("generate", "-m", model, "--state", state, "-n", 4)
        .fails("the saved state has no token to go on with: give a prompt");
  }

  @Test
  void aTimeBudgetTakesThePlaceOfSteps() throws IOException {
    Run run =
        Run.of("train", config("tiny.toml", MODEL), "--threads", 1, "--minutes", "0.01").succeeds();

    assertThat(run.out()).contains("done, written");
  }

  @Test
  void mistakesAreOneLineThatNamesFileAndKey() throws IOException {
    Run.of("train", folder.resolve("none.toml")).fails("none.toml", "no such file");
    Run.of("train", config("key.toml", MODEL.replace("steps", "stepps")))
        .fails("key.toml", "training.steps: is missing");
    Run.of("train", config("key.toml", MODEL + "validateevery = 3\n"))
        .fails("output.validateevery", "did you mean 'validate_every'?");
    Run.of("train", config("data.toml", MODEL.replace("corpus.txt", "nothing.txt")))
        .fails("nothing.txt: there is no such file");
    Run.of("train", config("vocab.toml", MODEL.replace("dim = 16", "dim = 16\nvocab = 320")))
        .fails("vocab.toml", "320", "'bytes' has 256 tokens");
    Run.of("train", config("tiny.toml", MODEL), "--threads", 0).fails("threads");
    Run.of("train", config("tiny.toml", MODEL), "--minutes", "-1").fails("--minutes");
    Run.of("train", config("long.toml", MODEL.replace("context = 16", "context = 5000")))
        .fails("needs at least 5001");
    Run.of("train").isWrongUsage("CONFIG");
  }

  @Test
  void theExampleInTheHelpIsAConfiguration() throws IOException {
    String help = Run.of("train", "--help").succeeds().out();

    String example = help.substring(help.indexOf("  [model]"), help.indexOf("Example:"));
    TrainingConfig config = TrainingConfig.read(config("help.toml", example));
    assertThat(config.training().steps()).isEqualTo(3000);
    assertThat(config.output().samplePrompt()).isEqualTo("ROMEO:");
  }
}

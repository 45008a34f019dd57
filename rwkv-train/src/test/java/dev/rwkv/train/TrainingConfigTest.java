package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingConfigTest {
  private static final String SMALLEST =
      """
      [model]
      layers = 2
      dim = 8
      [data]
      file = "text.txt"
      [training]
      steps = 10
      """;

  @TempDir Path folder;

  private TrainingConfig read(String text) {
    try {
      return TrainingConfig.read(Files.writeString(folder.resolve("my run.toml"), text));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatIsNotThereHasItsDefault() {
    TrainingConfig config = read(SMALLEST);

    assertThat(config.model().orElseThrow())
        .isEqualTo(new TrainingConfig.Model(2, 8, 32, java.util.OptionalInt.empty()));
    assertThat(config.data())
        .isEqualTo(new TrainingConfig.Data(folder.resolve("text.txt"), Path.of("bytes"), 0.1));
    TrainingConfig.Training training = config.training();
    assertThat(training.stages()).containsExactly(new TrainingConfig.Stage(10, 256, 8));
    assertThat(training.learningRate())
        .isEqualTo(
            new LearningRate(
                6e-4, 1e-5, LearningRate.Shape.EXPONENTIAL, 0, LearningRate.WarmUp.LINEAR));
    assertThat(training.l2Wrap()).isTrue();
    assertThat(training.clip()).isEqualTo(1);
    assertThat(training.beta1()).isEqualTo(0.9);
    assertThat(training.beta2()).isEqualTo(0.99);
    assertThat(training.epsilon()).isEqualTo(1e-8);
    assertThat(training.dropout() + training.ema() + training.weightDecay()).isZero();
    assertThat(training.minutes()).isEmpty();
    assertThat(training.initialisation()).isEqualTo(Initialisation.code(6e-4));
    assertThat(config.output().dir()).isEqualTo(folder.resolve("my run"));
    assertThat(config.start()).isEmpty();
    assertThat(config.state()).isEmpty();
  }

  @Test
  void stagesAndChoicesAreRead() {
    TrainingConfig config =
        read(
            SMALLEST.replace("steps = 10", "")
                + """
                schedule = "cosine"
                warmup = "constant"
                warmup_steps = 7
                initialisation = "paper"
                embedding = "normal"
                [[training.stages]]
                steps = 30
                context = 128
                batch = 16
                [[training.stages]]
                steps = 10
                context = 512
                batch = 4
                """);

    assertThat(config.training().stages())
        .isEqualTo(
            List.of(new TrainingConfig.Stage(30, 128, 16), new TrainingConfig.Stage(10, 512, 4)));
    assertThat(config.training().steps()).isEqualTo(40);
    assertThat(config.training().learningRate().shape()).isEqualTo(LearningRate.Shape.COSINE);
    assertThat(config.training().learningRate().warmUp()).isEqualTo(LearningRate.WarmUp.CONSTANT);
    assertThat(config.training().initialisation())
        .isEqualTo(Initialisation.paper().withEmbedding(Initialisation.Embedding.NORMAL));
    assertThatThrownBy(() -> config.withMinutes(3))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("training.stages");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "layers = 2        | layer = 2          | model.layers: is missing",
        "dim = 8           | dim = 0            | model.dim: 0 is not between 1 and",
        "dim = 8           | dim = 8.5          | model.dim: 8.5 is not a whole number",
        "dim = 8           | dim = \"8\"        | model.dim: \"8\" is not a whole number",
        "dim = 8           | dim = 99999999999999999999 | model.dim",
        "layers = 2        | layers = 2; hidden = 3 | model.hidden: there is no such key",
        "layers = 2        | layers = 2; fnn = 3    | model.fnn: there is no such key: did you mean"
            + " 'ffn'?",
        "file = \"text.txt\" | fil = \"text.txt\" | data.file: is missing",
        "file = \"text.txt\" | file = 7           | data.file: 7 is not a text",
        "file = \"text.txt\" | file = \"a\"; validation = 1.0 | data.validation: 1.0 is not from"
            + " 0.0 to less than 1.0",
        "file = \"text.txt\" | file = \"a\"; validation = nan | data.validation",
        "steps = 10        |                    | training.steps: is missing",
        "steps = 10        | steps = 0          | training.steps: 0 is not between",
        "steps = 10        | steps = 1; minutes = 2 | training.steps: does not go with minutes",
        "steps = 10        | minutes = 0        | training.minutes: 0 is not above 0",
        "steps = 10        | minutes = inf      | training.minutes",
        "steps = 10        | steps = 1; learning_rat = 2 | training.learning_rat: there is no such"
            + " key: did you mean 'learning_rate'?",
        "steps = 10        | steps = 1; learning_rate = -1 | training.learning_rate",
        "steps = 10        | steps = 1; learning_rate = true | training.learning_rate: true is not"
            + " a number",
        "steps = 10        | steps = 1; schedule = \"linear\" | training.schedule: 'linear' is not"
            + " one of exponential, cosine, constant",
        "steps = 10        | steps = 1; l2wrap = 1 | training.l2wrap: 1 is neither true nor false",
        "steps = 10        | steps = 1; dropout = 1 | training.dropout",
        "steps = 10        | steps = 1; ema = 1.0 | training.ema",
        "steps = 10        | steps = 1; stages = [{steps = 2}] | training.steps: stands in every"
            + " stage already",
        "steps = 10        | stages = 3         | training.stages: is no list of tables",
        "steps = 10        | stages = []        | training.stages: is no list of tables",
        "steps = 10        | stages = [{steps = 2, length = 3}] | training.stages[0].length: there"
            + " is no such key",
        "steps = 10        | minutes = 1; stages = [{steps = 2}] | training.minutes",
        "[training]        | [trainings]        | training.steps: is missing",
        "[model]           | [models]           | model.dim: is missing",
        "[training]        | [output]; direction = 3; [training] | output.direction",
        "[training]        | [output]; sample_prompt = \"\"; [training] | output.sample_prompt: is"
            + " empty",
        "[training]        | [start]; model = \"x\"; [training] | model: the shape is that of the"
            + " model in [start]",
        "[training]        | [start]; [training]| start.model: is missing",
        "[training]        | [state]; model = \"x\"; [training] | state.output: is missing",
        "[training]        | start = 3; [training] | ",
        "[training]        | [training           | is not TOML: line 6",
        "steps = 10        | steps = 1; steps = 2 | is not TOML: line",
      })
  void everyMistakeIsNamedInOneLine(String correct, String wrong, String message) {
    String text = SMALLEST.replace(correct, wrong == null ? "" : wrong.replace("; ", "\n"));

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("my run.toml: ")
        .hasMessageContaining(message == null ? "start" : message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void anUnknownTableIsNamedWithTheNearestKnown() {
    assertThatThrownBy(() -> read(SMALLEST + "[ouput]\ndir = \"x\"\n"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("ouput: there is no such key: did you mean 'output'?");
  }

  @Test
  void aStateHasNothingOfWeights() {
    String state =
        """
        [state]
        model = "m"
        output = "s"
        [data]
        file = "text.txt"
        [training]
        steps = 1
        """;
    TrainingConfig config = read(state);

    assertThat(config.state().orElseThrow().model()).isEqualTo(folder.resolve("m"));
    assertThat(config.training().learningRate().initial()).isEqualTo(0.5);
    for (String key : List.of("l2wrap = true", "dropout = 0.5", "weight_decay = 1", "ema = 0.5")) {
      assertThatThrownBy(() -> read(state + key + "\n"))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("training." + key.split(" =", -1)[0]);
    }
    assertThatThrownBy(() -> read(state + "[start]\nmodel = \"m\"\n"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("start: does not go with [state]");
  }

  @Test
  void filesThatCannotBeReadAreNamed() throws IOException {
    assertThatThrownBy(() -> TrainingConfig.read(folder.resolve("none.toml")))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("none.toml: there is no such file");
    assertThatThrownBy(() -> TrainingConfig.read(folder))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("cannot be read");
    Path latin = folder.resolve("latin.toml");
    Files.write(latin, new byte[] {'a', (byte) 0xE4});
    assertThatThrownBy(() -> TrainingConfig.read(latin))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> read("")).isInstanceOf(TrainingException.class);
  }

  @Test
  void theExampleOfTheDocumentationIsRight() {
    Path example =
        Path.of(System.getProperty("rwkv.root", ".."), "docs/examples/tiny-shakespeare.toml");

    TrainingConfig config = TrainingConfig.read(example);

    assertThat(config.model().orElseThrow().dim()).isEqualTo(256);
    assertThat(config.output().dir()).endsWithRaw(Path.of("tiny-shakespeare"));
  }
}

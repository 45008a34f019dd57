package dev.rwkv.train;

import dev.rwkv.train.TrainingConfig.Data;
import dev.rwkv.train.TrainingConfig.Model;
import dev.rwkv.train.TrainingConfig.Output;
import dev.rwkv.train.TrainingConfig.Stage;
import dev.rwkv.train.TrainingConfig.StateTuning;
import dev.rwkv.train.TrainingConfig.Training;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/** Reads configuration files, with the defaults of keys that are not there. */
final class TrainingConfigReader {
  private static final TomlMapper TOML = new TomlMapper();
  private static final Set<String> BUILT_IN_TOKENIZERS = Set.of("bytes", "world", "pile");
  private static final int WIDEST = 1 << 16;
  private static final int MOST = 1 << 24;
  private static final long MOST_STEPS = 1L << 40;

  private TrainingConfigReader() {}

  static TrainingConfig read(Path file) {
    String text = content(file);
    ConfigSection root = new ConfigSection(file, "", parse(file, text));
    Optional<Path> start = start(root);
    Optional<StateTuning> state = state(root);
    if (state.isPresent() && start.isPresent()) {
      throw root.wrong("start", "does not go with [state]: name the frozen model there");
    }
    Optional<Model> model = model(root, start.isPresent() || state.isPresent());
    Data data = data(root.section("data"));
    Training training = training(root.section("training"), state.isPresent());
    Output output = output(root.section("output"), file);
    root.finish();
    return new TrainingConfig(file, text, model, data, training, output, start, state);
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new TrainingException(file + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new TrainingException(file + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new TrainingException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static ObjectNode parse(Path file, String text) {
    try {
      JsonNode root = TOML.readTree(text);
      return root instanceof ObjectNode table ? table : TOML.createObjectNode();
    } catch (JacksonException e) {
      throw new TrainingException(
          file
              + ": is not TOML: line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
              + ": "
              + String.valueOf(e.getOriginalMessage()).replaceAll("\\s*\\R\\s*", " "),
          e);
    }
  }

  private static Optional<Path> start(ConfigSection root) {
    if (!root.has("start")) {
      return Optional.empty();
    }
    ConfigSection section = root.section("start");
    Path model = section.requiredPath("model");
    section.finish();
    return Optional.of(model);
  }

  private static Optional<StateTuning> state(ConfigSection root) {
    if (!root.has("state")) {
      return Optional.empty();
    }
    ConfigSection section = root.section("state");
    StateTuning tuning =
        new StateTuning(section.requiredPath("model"), section.requiredPath("output"));
    section.finish();
    return Optional.of(tuning);
  }

  private static Optional<Model> model(ConfigSection root, boolean given) {
    if (given) {
      if (root.has("model")) {
        throw root.wrong(
            "model", "the shape is that of the model in [start] or [state]: leave this table out");
      }
      return Optional.empty();
    }
    ConfigSection section = root.section("model");
    int dim = section.requiredInteger("dim", 1, WIDEST);
    Model model =
        new Model(
            section.requiredInteger("layers", 1, 1024),
            dim,
            section.optionalInteger("ffn", 1, 4 * WIDEST).orElse(4 * dim),
            section.optionalInteger("vocab", 1, MOST));
    section.finish();
    return Optional.of(model);
  }

  private static Data data(ConfigSection section) {
    Path file = section.requiredPath("file");
    String tokenizer = section.text("tokenizer", "bytes");
    Data data =
        new Data(
            file,
            BUILT_IN_TOKENIZERS.contains(tokenizer)
                ? Path.of(tokenizer)
                : section.resolve("tokenizer", tokenizer),
            section.number("validation", 0.1, 0, 1, false));
    section.finish();
    return data;
  }

  private static Training training(ConfigSection section, boolean ofState) {
    OptionalDouble minutes =
        section.has("minutes")
            ? OptionalDouble.of(section.positive("minutes", 0, 1e7))
            : OptionalDouble.empty();
    LearningRate learningRate = learningRate(section, ofState);
    Training training =
        new Training(
            section.integer("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE),
            stages(section, minutes.isPresent()),
            minutes,
            learningRate,
            section.flag("l2wrap", true),
            section.number("clip", 1, 0, 1e6, true),
            section.number("dropout", 0, 0, 1, false),
            section.number("beta1", 0.9, 0, 1, false),
            section.number("beta2", 0.99, 0, 1, false),
            section.positive("epsilon", 1e-8, 1),
            section.number("weight_decay", 0, 0, 100, true),
            section.number("ema", 0, 0, 1, false),
            initialisation(section, learningRate));
    if (ofState) {
      for (String key :
          List.of("l2wrap", "dropout", "weight_decay", "ema", "initialisation", "embedding")) {
        if (section.has(key)) {
          throw section.wrong(key, "is of weights and does not go with [state]: leave it out");
        }
      }
    }
    section.finish();
    return training;
  }

  private static List<Stage> stages(ConfigSection section, boolean timed) {
    List<ConfigSection> tables = section.sections("stages");
    if (tables.isEmpty()) {
      if (timed && section.has("steps")) {
        throw section.wrong("steps", "does not go with minutes: leave one of the two out");
      }
      return List.of(stage(section, timed));
    }
    for (String key : List.of("steps", "context", "batch")) {
      if (section.has(key)) {
        throw section.wrong(key, "stands in every stage already: leave it out here");
      }
    }
    if (timed) {
      throw section.wrong("minutes", "stages count steps: they do not go with a time budget");
    }
    List<Stage> stages = new ArrayList<>();
    for (ConfigSection table : tables) {
      stages.add(stage(table, false));
      table.finish();
    }
    return stages;
  }

  private static Stage stage(ConfigSection section, boolean timed) {
    if (!timed && !section.has("steps")) {
      throw section.wrong("steps", "is missing: say how many, or give a time budget in minutes");
    }
    return new Stage(
        timed ? TrainingConfig.UNLIMITED : section.integer("steps", 0, 1, MOST_STEPS),
        (int) section.integer("context", 256, 1, MOST),
        (int) section.integer("batch", 8, 1, MOST));
  }

  private static LearningRate learningRate(ConfigSection section, boolean ofState) {
    double initial = section.positive("learning_rate", ofState ? 0.5 : 6e-4, 10);
    return new LearningRate(
        initial,
        section.positive("final_learning_rate", ofState ? 0.05 : 1e-5, 10),
        section.choice("schedule", LearningRate.Shape.EXPONENTIAL, LearningRate.Shape.class),
        section.integer("warmup_steps", 0, 0, MOST_STEPS),
        section.choice("warmup", LearningRate.WarmUp.LINEAR, LearningRate.WarmUp.class));
  }

  private static Initialisation initialisation(ConfigSection section, LearningRate rate) {
    Initialisation.Scheme scheme =
        section.choice("initialisation", Initialisation.Scheme.CODE, Initialisation.Scheme.class);
    Initialisation.Embedding embedding =
        section.choice("embedding", Initialisation.Embedding.SMALL, Initialisation.Embedding.class);
    Initialisation initialisation =
        scheme == Initialisation.Scheme.PAPER
            ? Initialisation.paper()
            : Initialisation.code(Math.min(1, rate.initial()));
    return initialisation.withEmbedding(embedding);
  }

  private static Output output(ConfigSection section, Path file) {
    String name = String.valueOf(file.getFileName());
    String folder = name.endsWith(".toml") ? name.substring(0, name.length() - 5) : name + ".run";
    Output output =
        new Output(
            section.optionalPath("dir").orElseGet(() -> section.resolve("dir", folder)),
            section.integer("checkpoint_every", 500, 0, MOST_STEPS),
            section.integer("validate_every", 250, 0, MOST_STEPS),
            section.integer("sample_every", 500, 0, MOST_STEPS),
            section.text("sample_prompt", "\n"),
            (int) section.integer("sample_tokens", 200, 1, MOST));
    if (output.samplePrompt().isEmpty()) {
      throw section.wrong("sample_prompt", "is empty: samples need something to begin with");
    }
    section.finish();
    return output;
  }
}

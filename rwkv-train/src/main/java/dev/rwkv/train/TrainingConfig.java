package dev.rwkv.train;

import dev.rwkv.text.Tokenizer;
import dev.rwkv.text.Tokenizers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a run is to do, as a TOML file says it; {@code docs/training.md} has the keys. Immutable.
 *
 * @param file where it stands; relative paths in it are relative to its folder
 * @param text the file as it is
 * @param model the shape of a new model
 * @param data what is learnt from
 * @param training how
 * @param output what is written, and when
 * @param start a model to go on from instead of a new one
 * @param state tune a state of a frozen model, not the weights
 */
public record TrainingConfig(
    Path file,
    String text,
    Optional<Model> model,
    Data data,
    Training training,
    Output output,
    Optional<Path> start,
    Optional<StateTuning> state) {

  /**
   * The shape of a new model.
   *
   * @param layers L
   * @param dim C
   * @param ffn F
   * @param vocab V; empty stands for the tokenizer's size, rounded up to a multiple of 64
   */
  public record Model(int layers, int dim, int ffn, OptionalInt vocab) {}

  /**
   * What is learnt from.
   *
   * @param file the corpus
   * @param tokenizer its tokenizer: bytes, world, pile or a file
   * @param validation the share of its end that is kept for validation
   */
  public record Data(Path file, Path tokenizer, double validation) {}

  /**
   * A part of a run with one context length. Longer contexts come later and are cheaper so (section
   * 5.2 of the paper).
   *
   * @param steps how many; without limit in a run that has a time budget
   * @param context T
   * @param batch B
   */
  public record Stage(long steps, int context, int batch) {}

  /**
   * How is learnt.
   *
   * @param seed of the weights, the order of texts, dropout
   * @param stages one after the other, at least one
   * @param minutes the time budget that ends the run instead of a number of steps
   * @param learningRate of each step
   * @param l2Wrap see {@link Regularisation}
   * @param clip the largest norm of the gradient; longer ones are shortened to it; 0 is no limit
   * @param dropout see {@link Regularisation}
   * @param beta1 of Adam
   * @param beta2 of Adam
   * @param epsilon of Adam
   * @param weightDecay of matrices, decoupled
   * @param ema how much an average of the weights keeps in a step; 0 is no average. With one, it is
   *     the average that is validated and written
   * @param initialisation of a new model
   */
  public record Training(
      long seed,
      List<Stage> stages,
      OptionalDouble minutes,
      LearningRate learningRate,
      boolean l2Wrap,
      double clip,
      double dropout,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double ema,
      Initialisation initialisation) {
    public Training {
      stages = List.copyOf(stages);
    }

    /** The number of steps of all stages. */
    public long steps() {
      return stages.stream().mapToLong(Stage::steps).sum();
    }
  }

  /**
   * What is written, and when. 0 is never.
   *
   * @param dir the folder of all that is written
   * @param checkpointEvery steps
   * @param validateEvery steps
   * @param sampleEvery steps
   * @param samplePrompt what samples begin with
   * @param sampleTokens how long samples are
   */
  public record Output(
      Path dir,
      long checkpointEvery,
      long validateEvery,
      long sampleEvery,
      String samplePrompt,
      int sampleTokens) {}

  /**
   * State tuning.
   *
   * @param model the frozen model
   * @param output the file of the state
   */
  public record StateTuning(Path model, Path output) {}

  /** A run without a fixed number of steps has this many. */
  static final long UNLIMITED = Long.MAX_VALUE / 4;

  /**
   * Reads a file.
   *
   * @throws TrainingException if it is missing, no TOML, or a key is unknown, missing or wrong; the
   *     message names file and key
   */
  public static TrainingConfig read(Path file) {
    return TrainingConfigReader.read(file);
  }

  /**
   * The same with a time budget in place of a number of steps.
   *
   * @throws TrainingException if it has several stages
   */
  public TrainingConfig withMinutes(double minutes) {
    Training t = training;
    if (t.stages().size() != 1) {
      throw new TrainingException(
          file + ": training.stages: stages count steps: they do not go with a time budget");
    }
    Stage only = t.stages().getFirst();
    Training limited =
        new Training(
            t.seed(),
            List.of(new Stage(UNLIMITED, only.context(), only.batch())),
            OptionalDouble.of(minutes),
            t.learningRate(),
            t.l2Wrap(),
            t.clip(),
            t.dropout(),
            t.beta1(),
            t.beta2(),
            t.epsilon(),
            t.weightDecay(),
            t.ema(),
            t.initialisation());
    return new TrainingConfig(file, text, model, data, limited, output, start, state);
  }

  /** The tokenizer that the data names. */
  Tokenizer tokenizer() {
    return Tokenizers.fromFile(data.tokenizer());
  }

  /** What a run must not change when it is resumed: every key on which the weights depend. */
  Map<String, String> identity() {
    Map<String, String> keys = new LinkedHashMap<>();
    model.ifPresent(shape -> {
      keys.put("model.layers", "" + shape.layers());
      keys.put("model.dim", "" + shape.dim());
      keys.put("model.ffn", "" + shape.ffn());
    });
    start.ifPresent(path -> keys.put("start.model", "" + path.getFileName()));
    state.ifPresent(tuning -> keys.put("state.model", "" + tuning.model().getFileName()));
    keys.put("data.tokenizer", "" + data.tokenizer().getFileName());
    keys.put("data.validation", "" + data.validation());
    keys.put("training.seed", "" + training.seed());
    if (training.minutes().isPresent()) {
      Stage only = training.stages().getFirst();
      keys.put("training.budget", "minutes");
      keys.put("training.batch", "" + only.batch());
      keys.put("training.context", "" + only.context());
    } else {
      keys.put("training.budget", "steps");
      for (Stage stage : training.stages()) {
        keys.merge(
            "training.stages",
            stage.steps() + " steps of " + stage.batch() + "x" + stage.context(),
            (one, next) -> one + ", " + next);
      }
    }
    LearningRate rate = training.learningRate();
    keys.put("training.learning_rate", "" + rate.initial());
    keys.put("training.final_learning_rate", "" + rate.last());
    keys.put("training.schedule", "" + rate.shape());
    keys.put("training.warmup", rate.warmUp() + " of " + rate.warmUpSteps());
    keys.put("training.l2wrap", "" + training.l2Wrap());
    keys.put("training.clip", "" + training.clip());
    keys.put("training.dropout", "" + training.dropout());
    keys.put("training.beta1", "" + training.beta1());
    keys.put("training.beta2", "" + training.beta2());
    keys.put("training.epsilon", "" + training.epsilon());
    keys.put("training.weight_decay", "" + training.weightDecay());
    keys.put("training.ema", "" + training.ema());
    keys.put("training.initialisation", "" + training.initialisation());
    return keys;
  }
}

package dev.rwkv.train;

import dev.rwkv.Fingerprint;
import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.text.Tokenizer;
import dev.rwkv.text.Tokenizers;
import dev.rwkv.train.TrainingConfig.StateTuning;
import dev.rwkv.vector.plan.WorkerTeam;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Puts together what a run needs, and lets go of it again when one part fails. */
final class TrainerFactory {
  private TrainerFactory() {}

  static Trainer open(TrainingConfig config, int threads, boolean fresh) {
    return open(config, threads, fresh, GradientModel::of);
  }

  /**
   * The same with gradients of one's own.
   *
   * @param gradients from the shape of a model and the number of threads
   */
  static Trainer open(
      TrainingConfig config,
      int threads,
      boolean fresh,
      BiFunction<ModelConfig, Integer, GradientModel> gradients) {
    if (threads < 1 || threads > LoadOptions.MAX_THREADS) {
      throw new InvalidArgumentException(
          "threads", threads + " is not between 1 and " + LoadOptions.MAX_THREADS);
    }
    Tokenizer tokenizer = config.tokenizer();
    Corpus corpus = Corpus.open(config.data().file(), tokenizer, config.data().validation());
    WorkerTeam team = new WorkerTeam(threads);
    RunFolder folder = null;
    Learner learner = null;
    try {
      folder = RunFolder.take(config.output().dir());
      learner = learner(config, tokenizer, team, gradients);
      checkFiles(config, learner);
      return new Trainer(config, corpus, learner, folder, team, fresh);
    } catch (RuntimeException | Error e) {
      if (learner != null) {
        learner.close();
      }
      if (folder != null) {
        folder.close();
      }
      team.close();
      corpus.close();
      throw e;
    }
  }

  /** A run must not replace what it reads, and must not find out at the end where it may write. */
  private static void checkFiles(TrainingConfig config, Learner learner) {
    Path parent = learner.result().toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(learner.result())) {
      throw new TrainingException(
          config.file()
              + ": state.output: "
              + learner.result()
              + " cannot be written: it is a folder, or its folder does not exist");
    }
    Stream.concat(config.start().stream(), config.state().map(StateTuning::model).stream())
        .filter(read -> read.equals(learner.result()) || read.equals(learner.best()))
        .findFirst()
        .ifPresent(read -> {
          throw new TrainingException(
              config.file()
                  + ": "
                  + read
                  + " is read, and would be replaced: name another output.dir");
        });
  }

  private static Learner learner(
      TrainingConfig config,
      Tokenizer tokenizer,
      WorkerTeam team,
      BiFunction<ModelConfig, Integer, GradientModel> gradients) {
    if (config.state().isPresent()) {
      StateTuning tuning = config.state().get();
      try (Checkpoint frozen = Checkpoint.open(tuning.model())) {
        Parameters weights = checked(config, Parameters.of(frozen), tuning.model(), tokenizer);
        return new StateLearner(
            config,
            tuning,
            gradients.apply(weights.config(), team.size()),
            weights,
            Fingerprint.of(frozen),
            tokenizer,
            team);
      }
    }
    Parameters weights = startWeights(config, tokenizer);
    return new ModelLearner(
        config, gradients.apply(weights.config(), team.size()), weights, tokenizer, team);
  }

  private static Parameters startWeights(TrainingConfig config, Tokenizer tokenizer) {
    if (config.start().isPresent()) {
      Path start = config.start().get();
      try (Checkpoint checkpoint = Checkpoint.open(start)) {
        return checked(config, Parameters.of(checkpoint), start, tokenizer);
      }
    }
    TrainingConfig.Model shape = config.model().orElseThrow();
    int vocabulary = shape.vocab().orElse(Math.ceilDiv(tokenizer.size(), 64) * 64);
    checkVocabulary(config, vocabulary, "model.vocab: " + vocabulary, tokenizer);
    ModelConfig model =
        ModelConfig.of(Rwkv4.INSTANCE.name(), shape.layers(), shape.dim(), shape.ffn(), vocabulary);
    checkSizes(config, model);
    return config.training().initialisation().weights(model, config.training().seed());
  }

  /** Every tensor is one array, and all of them together must be imaginable. */
  private static void checkSizes(TrainingConfig config, ModelConfig model) {
    long widest = (long) model.width() * Math.max(model.vocabulary(), model.feedForwardWidth());
    if (widest > Integer.MAX_VALUE - 8) {
      throw new TrainingException(
          config.file() + ": model: a matrix of " + widest + " weights is too large to train");
    }
  }

  private static Parameters checked(
      TrainingConfig config, Parameters weights, Path file, Tokenizer tokenizer) {
    int vocabulary = weights.config().vocabulary();
    checkVocabulary(config, vocabulary, file + " has a vocabulary of " + vocabulary, tokenizer);
    return weights;
  }

  private static void checkVocabulary(
      TrainingConfig config, int vocabulary, String what, Tokenizer tokenizer) {
    if (!Tokenizers.fits(tokenizer.size(), vocabulary)) {
      throw new TrainingException(
          config.file()
              + ": "
              + what
              + ", but the tokenizer '"
              + tokenizer.name()
              + "' has "
              + tokenizer.size()
              + " tokens: choose another data.tokenizer, or leave model.vocab out");
    }
  }
}

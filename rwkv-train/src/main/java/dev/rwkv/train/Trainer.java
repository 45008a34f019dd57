package dev.rwkv.train;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.train.TrainingConfig.Stage;
import dev.rwkv.train.TrainingConfig.Training;
import dev.rwkv.vector.plan.WorkerTeam;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/**
 * A run: steps, validation, samples and checkpoints, as a {@link TrainingConfig} says.
 *
 * <p>A run that was stopped or killed at any moment goes on from its last checkpoint when it is
 * opened again, and then computes, bit for bit, what it would have computed undisturbed, with any
 * number of threads. Not so with a time budget, where the learning rate follows the clock. For one
 * thread.
 */
public final class Trainer implements AutoCloseable {
  private static final String PREFIX = "rwkv.training.";
  private static final String STEP = PREFIX + "step";
  private static final String NANOS = PREFIX + "nanos";
  private static final String BEST = PREFIX + "best";
  private static final String CORPUS = PREFIX + "corpus.sha256";
  private static final String KEY = PREFIX + "key.";
  private static final double SPEED_MEMORY = 0.95;

  private final TrainingConfig config;
  private final Corpus corpus;
  private final Learner learner;
  private final RunFolder folder;
  private final WorkerTeam team;
  private final Adam adam;
  private final Stages stages;
  private long step;
  private long earlierNanos;
  private double best = Double.POSITIVE_INFINITY;
  private double lastValidation = Double.NaN;
  private long validatedStep = -1;
  private double nanosPerToken;

  /**
   * Takes over all that is to be closed.
   *
   * @param fresh forget what is in the folder
   */
  Trainer(
      TrainingConfig config,
      Corpus corpus,
      Learner learner,
      RunFolder folder,
      WorkerTeam team,
      boolean fresh) {
    this.config = config;
    this.corpus = corpus;
    this.learner = learner;
    this.folder = folder;
    this.team = team;
    Training training = config.training();
    this.stages = new Stages(training.stages());
    this.adam =
        new Adam(
            new Adam.Options(
                training.beta1(), training.beta2(), training.epsilon(), training.weightDecay()),
            learner.tensors(),
            team);
    training.stages().forEach(stage -> corpus.windows(stage.context()));
    if (fresh) {
      folder.clear(List.of(learner.best(), learner.result()));
    } else if (folder.hasCheckpoint()) {
      resume();
    }
  }

  /**
   * Opens corpus, model and folder, and goes on from the folder's checkpoint if there is one.
   *
   * @param threads how many to use
   * @param fresh forget what is in the folder and begin anew
   * @throws TrainingException if the configuration, the corpus or the folder cannot be used, or the
   *     checkpoint is of a run that differs in what matters
   * @throws CheckpointException if a model or the checkpoint cannot be read
   */
  public static Trainer open(TrainingConfig config, int threads, boolean fresh) {
    return TrainerFactory.open(config, threads, fresh);
  }

  private void resume() {
    Path file = folder.checkpoint();
    try (Checkpoint checkpoint = folder.open()) {
      Map<String, String> facts = checkpoint.metadata();
      checkSame(file, facts);
      step = number(file, facts, STEP);
      earlierNanos = number(file, facts, NANOS);
      best = Double.parseDouble(facts.getOrDefault(BEST, "Infinity"));
      learner.restore(checkpoint);
    }
  }

  private void checkSame(Path file, Map<String, String> facts) {
    Map<String, String> identity = identity();
    identity.forEach((key, now) -> {
      String then = facts.get(KEY + key);
      if (!now.equals(then)) {
        throw changed(file, key, then == null ? "not there" : then, now);
      }
    });
    for (String fact : facts.keySet()) {
      if (fact.startsWith(KEY) && !identity.containsKey(fact.substring(KEY.length()))) {
        throw changed(file, fact.substring(KEY.length()), facts.get(fact), "not there");
      }
    }
    String then = facts.getOrDefault(CORPUS, "");
    if (!then.equals(corpus.sha256())) {
      throw changed(file, "data.file (SHA-256)", then, corpus.sha256());
    }
  }

  private Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>(config.identity());
    identity.putAll(learner.identity());
    return identity;
  }

  private TrainingException changed(Path checkpoint, String key, String then, String now) {
    return new TrainingException(
        config.file()
            + ": "
            + key
            + " is "
            + now
            + ", but was "
            + then
            + " when "
            + checkpoint
            + " was written: change it back, name another output.dir, or begin anew with --fresh");
  }

  private static long number(Path file, Map<String, String> facts, String key) {
    try {
      return Long.parseLong(facts.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      throw new CheckpointException(
          file, "is no checkpoint of a training: it has no '" + key + "'", e);
    }
  }

  /** How many steps are done. */
  public long step() {
    return step;
  }

  /** The checkpoint that a later run goes on from. */
  public Path checkpoint() {
    return folder.checkpoint();
  }

  /** The corpus. */
  public Corpus corpus() {
    return corpus;
  }

  /**
   * Runs to the end, or until it is told to stop; either way a checkpoint is written.
   *
   * @param stop asked after every step
   * @return whether the end was reached and the result written
   * @throws TrainingException if the loss or a gradient is not finite; the last checkpoint stays
   * @throws CheckpointException if a file cannot be written; the last checkpoint stays
   */
  public boolean run(TrainingListener listener, BooleanSupplier stop) {
    long begin = System.nanoTime() - earlierNanos;
    listener.begun(step);
    if (!folder.hasCheckpoint()) {
      save(listener, 0); // whether there is room shows now, not after the first hour
    }
    if (step == 0) {
      validateWithout(listener);
    }
    while (share(begin) < 1) {
      if (stop.getAsBoolean()) {
        save(listener, System.nanoTime() - begin);
        return false;
      }
      makeStep(listener, begin);
      TrainingConfig.Output output = config.output();
      if (due(output.validateEvery())) {
        validate(listener);
      }
      if (due(output.sampleEvery())) {
        sample(listener);
      }
      if (due(output.checkpointEvery())) {
        save(listener, System.nanoTime() - begin);
      }
    }
    if (validatedStep != step) {
      validate(listener);
    }
    save(listener, System.nanoTime() - begin);
    learner.write(learner.result(), facts());
    listener.finished(step, learner.result());
    return true;
  }

  private boolean due(long every) {
    return every > 0 && step % every == 0;
  }

  private double share(long begin) {
    Training training = config.training();
    double share =
        training.minutes().isPresent()
            ? (System.nanoTime() - begin) / (training.minutes().getAsDouble() * 60e9)
            : (double) step / training.steps();
    return Math.min(1, share);
  }

  private void makeStep(TrainingListener listener, long begin) {
    Training training = config.training();
    double share = share(begin);
    double rate =
        training.minutes().isPresent()
            ? training.learningRate().at(step, share)
            : training.learningRate().ofSteps(step, training.steps());
    long from = System.nanoTime();
    Stages.Place place = stages.at(step);
    Stage stage = place.stage();
    long key = CounterRandom.bits(training.seed(), place.number());
    Batch batch = corpus.batch(key, place.step(), stage.batch(), stage.context());
    double loss = learner.gradients(batch, step);
    double norm = adam.gradientNorm();
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw diverged(loss, norm);
    }
    double scale = training.clip() > 0 && norm > training.clip() ? training.clip() / norm : 1;
    adam.step(step + 1, rate, scale);
    step++;
    learner.stepped(step);
    speed((System.nanoTime() - from) / (double) batch.predictions());
    listener.step(
        new TrainingListener.Step(
            step,
            training.minutes().isPresent()
                ? OptionalLong.empty()
                : OptionalLong.of(training.steps()),
            share(begin),
            loss,
            rate,
            norm,
            tokens(),
            1e9 / nanosPerToken,
            secondsLeft(begin)));
  }

  private void speed(double latest) {
    nanosPerToken =
        nanosPerToken == 0 ? latest : SPEED_MEMORY * nanosPerToken + (1 - SPEED_MEMORY) * latest;
  }

  private TrainingException diverged(double loss, double norm) {
    return new TrainingException(
        "at step "
            + step
            + " the loss is "
            + loss
            + " and the norm of its gradient "
            + norm
            + ": the run is lost from its last checkpoint on ("
            + folder.checkpoint()
            + "); lower training.learning_rate or training.clip, or lengthen the warm-up, and begin"
            + " anew with --fresh");
  }

  /** How many tokens the steps so far have learnt. */
  private long tokens() {
    return stages.tokens(step);
  }

  private double secondsLeft(long begin) {
    Training training = config.training();
    return training.minutes().isPresent()
        ? Math.max(0, training.minutes().getAsDouble() * 60 - (System.nanoTime() - begin) / 1e9)
        : (stages.tokens(training.steps()) - tokens()) * nanosPerToken / 1e9;
  }

  private void validate(TrainingListener listener) {
    validatedStep = step;
    if (validationBatches() == 0) {
      return;
    }
    lastValidation = meanOfValidation(learner::loss, listener);
    if (!Double.isFinite(lastValidation)) {
      throw diverged(lastValidation, Double.NaN);
    }
    boolean isBest = lastValidation < best;
    if (isBest) {
      best = lastValidation;
      learner.write(learner.best(), facts());
    }
    double bits = bitsPerByte(lastValidation);
    listener.validated(new TrainingListener.Validation(step, lastValidation, bits, isBest));
  }

  private void validateWithout(TrainingListener listener) {
    learner
        .lossWithout()
        .filter(loss -> validationBatches() > 0)
        .map(loss -> meanOfValidation(loss, listener))
        .ifPresent(loss -> listener.validatedWithout(loss, bitsPerByte(loss)));
  }

  private int validationBatches() {
    Stage stage = latestStage();
    return corpus.validationBatches(stage.batch(), stage.context());
  }

  // That of what was just learnt.
  private Stage latestStage() {
    return stages.at(Math.max(0, step - 1)).stage();
  }

  private double meanOfValidation(ToDoubleFunction<Batch> loss, TrainingListener listener) {
    Stage stage = latestStage();
    int batches = validationBatches();
    double nats = 0;
    long predictions = 0;
    for (int i = 0; i < batches; i++) {
      Batch batch = corpus.validationBatch(i, stage.batch(), stage.context());
      nats += loss.applyAsDouble(batch) * batch.predictions();
      predictions += batch.predictions();
      listener.validating(i + 1, batches);
    }
    return nats / predictions;
  }

  private double bitsPerByte(double nats) {
    return nats / Math.log(2) / corpus.bytesPerValidationToken();
  }

  private void sample(TrainingListener listener) {
    TrainingConfig.Output output = config.output();
    String prompt = output.samplePrompt();
    listener.sampled(step, prompt, learner.sample(prompt, output.sampleTokens(), step));
  }

  private void save(TrainingListener listener, long nanos) {
    Map<String, String> facts = new TreeMap<>(facts());
    facts.put(NANOS, "" + nanos);
    facts.put(BEST, "" + best);
    identity().forEach((key, value) -> facts.put(KEY + key, value));
    listener.saving(step);
    folder.save(learner.saved(), facts);
    listener.saved(step, folder.checkpoint());
  }

  /** What a file says about where it comes from. */
  private Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put(STEP, "" + step);
    facts.put(PREFIX + "config", config.text());
    facts.put(PREFIX + "seed", "" + config.training().seed());
    facts.put(PREFIX + "tokens", "" + tokens());
    facts.put(CORPUS, corpus.sha256());
    if (validatedStep == step && Double.isFinite(lastValidation)) {
      facts.put(PREFIX + "validation.loss", "" + lastValidation);
    }
    return facts;
  }

  @Override
  public void close() {
    learner.close();
    team.close();
    corpus.close();
    folder.close();
  }
}

package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  @TempDir Path folder;

  static final String MODEL =
      """
      [model]
      layers = 1
      dim = 6
      ffn = 4
      [data]
      file = "corpus.txt"
      validation = 0.2
      """;

  static final String TRAINING =
      """
      [training]
      seed = 3
      stages = [
        {steps = 25, context = 5, batch = 3},
        {steps = 15, context = 11, batch = 2},
      ]
      learning_rate = 0.02
      final_learning_rate = 0.001
      warmup_steps = 3
      dropout = 0.1
      ema = 0.9
      clip = 0.5
      [output]
      checkpoint_every = 7
      validate_every = 10
      sample_every = 0
      """;

  @BeforeEach
  void writeCorpus() throws IOException {
    Files.writeString(
        folder.resolve("corpus.txt"), "the cat sat on the mat, the rat ate. ".repeat(20));
  }

  private Path config(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name + ".toml"), text);
  }

  private static Trainer open(Path config, int threads, boolean fresh) {
    return TrainerFactory.open(
        TrainingConfig.read(config), threads, fresh, (shape, n) -> new BigramGradients(shape));
  }

  private static void run(Path config, int threads) {
    try (Trainer trainer = open(config, threads, false)) {
      assertThat(trainer.run(new TrainingListener() {}, () -> false)).isTrue();
    }
  }

  private static void assertSameModel(Path one, Path other) {
    Parameters first = read(one);
    Parameters second = read(other);
    for (TensorSpec spec : first.specs()) {
      assertThat(second.values(spec.name())).as(spec.name()).isEqualTo(first.values(spec.name()));
    }
  }

  private static Parameters read(Path model) {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      return Parameters.of(checkpoint);
    }
  }

  @Test
  void aRunLearnsAndSaysSo() throws IOException {
    Path config = config("run", MODEL + TRAINING);
    List<TrainingListener.Step> steps = new ArrayList<>();
    List<TrainingListener.Validation> validations = new ArrayList<>();
    List<Long> saved = new ArrayList<>();
    try (Trainer trainer = open(config, 1, false)) {
      trainer.run(
          new TrainingListener() {
            @Override
            public void step(Step step) {
              steps.add(step);
            }

            @Override
            public void validated(Validation validation) {
              validations.add(validation);
            }

            @Override
            public void saved(long step, Path checkpoint) {
              saved.add(step);
            }
          },
          () -> false);
    }

    assertThat(steps).hasSize(40);
    assertThat(steps.getLast().tokens()).isEqualTo(25 * 15 + 15 * 22);
    assertThat(steps.getLast().share()).isEqualTo(1);
    assertThat(validations.stream().map(TrainingListener.Validation::step))
        .containsExactly(10L, 20L, 30L, 40L);
    assertThat(validations.getLast().loss()).isLessThan(validations.getFirst().loss());
    assertThat(validations.getLast().bitsPerByte())
        .isEqualTo(validations.getLast().loss() / Math.log(2));
    assertThat(saved).containsExactly(0L, 7L, 14L, 21L, 28L, 35L, 40L);
    // What was written is what was validated: the loss of the file, computed anew.
    Path result = folder.resolve("run/model.safetensors");
    Parameters model = read(result);
    try (Trainer again = open(config, 1, false);
        Checkpoint file = Checkpoint.open(result)) {
      double nats = 0;
      int batches = again.corpus().validationBatches(2, 11);
      for (int i = 0; i < batches; i++) {
        Batch batch = again.corpus().validationBatch(i, 2, 11);
        nats += new BigramGradients(model.config()).loss(model, batch) * batch.predictions();
      }
      double loss = nats / (again.corpus().validationTokens() - 1);
      assertThat(loss).isEqualTo(validations.getLast().loss());
      assertThat(file.metadata())
          .containsEntry("rwkv.training.validation.loss", "" + loss)
          .containsEntry("rwkv.training.seed", "3")
          .containsEntry("rwkv.training.config", MODEL + TRAINING)
          .containsEntry("rwkv.training.corpus.sha256", again.corpus().sha256());
    }
  }

  @Test
  void aRunStoppedAfterAnyStepGoesOnBitForBitWithAnyNumberOfThreads() throws IOException {
    Path undisturbed = config("undisturbed", MODEL + TRAINING);
    run(undisturbed, 1);
    Path config = config("stopped", MODEL + TRAINING);
    boolean done = false;
    for (int runs = 1; !done; runs++) {
      AtomicInteger left = new AtomicInteger(runs % 5);
      try (Trainer trainer = open(config, 1 + runs % 3, false)) {
        done = trainer.run(new TrainingListener() {}, () -> left.getAndDecrement() == 0);
      }
      assertThat(runs).isLessThan(100);
    }

    assertSameModel(
        folder.resolve("undisturbed/model.safetensors"),
        folder.resolve("stopped/model.safetensors"));
    assertSameModel(
        folder.resolve("undisturbed/best.safetensors"), folder.resolve("stopped/best.safetensors"));
  }

  @Test
  void anotherSeedIsAnotherModelAndFreshForgetsTheFirst() throws IOException {
    Path config = config("run", MODEL + TRAINING);
    run(config, 1);
    Path kept = folder.resolve("kept.safetensors");
    Files.copy(folder.resolve("run/model.safetensors"), kept);
    config("run", MODEL + TRAINING.replace("seed = 3", "seed = 4"));
    try (Trainer trainer = open(config, 1, true)) {
      assertThat(trainer.step()).isZero();
      assertThat(folder.resolve("run/model.safetensors")).doesNotExist();
      trainer.run(new TrainingListener() {}, () -> false);
    }

    assertThat(read(folder.resolve("run/model.safetensors")).values("emb.weight"))
        .isNotEqualTo(read(kept).values("emb.weight"));
  }

  @Test
  void whatChangedInTheConfigurationIsNamedAndRefused() throws IOException {
    Path config = config("run", MODEL + TRAINING);
    run(config, 1);
    String[][] changes = {
      {"seed = 3", "seed = 4", "training.seed is 4, but was 3"},
      {"= 0.02", "= 0.03", "training.learning_rate is 0.03, but was 0.02"},
      {"steps = 15", "steps = 16", "training.stages"},
      {"dim = 6", "dim = 7", "model.dim is 7, but was 6"},
      {"dropout = 0.1", "dropout = 0.2", "training.dropout"},
      {"ema = 0.9", "ema = 0.0", "training.ema"},
      {"layers = 1", "layers = 1\nvocab = 192", "the tokenizer 'bytes' has 256"},
    };
    for (String[] change : changes) {
      config("run", (MODEL + TRAINING).replace(change[0], change[1]));
      assertThatThrownBy(() -> open(config, 1, false))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("run.toml")
          .hasMessageContaining(change[2]);
    }
    // What decides about no weight may change.
    config("run", (MODEL + TRAINING).replace("checkpoint_every = 7", "checkpoint_every = 8"));
    open(config, 1, false).close();
    Files.writeString(folder.resolve("corpus.txt"), "x", java.nio.file.StandardOpenOption.APPEND);
    assertThatThrownBy(() -> open(config, 1, false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("data.file (SHA-256)")
        .hasMessageContaining("--fresh");
  }

  @Test
  void aLossThatIsNoNumberEndsTheRunAndKeepsTheCheckpoint() throws IOException {
    Path config = config("run", MODEL + TRAINING);
    try (Trainer trainer =
        TrainerFactory.open(
            TrainingConfig.read(config), 1, false, (shape, n) -> new FailingAt(shape, 16))) {
      assertThatThrownBy(() -> trainer.run(new TrainingListener() {}, () -> false))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("at step 16 the loss is NaN")
          .hasMessageContaining("learning_rate");
    }
    try (Trainer trainer = open(config, 1, false)) {
      assertThat(trainer.step()).isEqualTo(14);
      assertThat(trainer.run(new TrainingListener() {}, () -> false)).isTrue();
    }
  }

  /** Gradients that break in one step. */
  private static final class FailingAt implements GradientModel {
    private final BigramGradients gradients;
    private final int failing;
    private int step;

    FailingAt(dev.rwkv.ModelConfig shape, int failing) {
      this.gradients = new BigramGradients(shape);
      this.failing = failing;
    }

    @Override
    public dev.rwkv.ModelConfig config() {
      return gradients.config();
    }

    @Override
    public double loss(Parameters weights, Batch batch) {
      return gradients.loss(weights, batch);
    }

    @Override
    public double gradients(
        Parameters weights, Batch batch, Regularisation regularisation, Parameters into) {
      double loss = gradients.gradients(weights, batch, regularisation, into);
      return step++ == failing ? Double.NaN : loss;
    }

    @Override
    public double stateLoss(Parameters weights, InitialState state, Batch batch) {
      throw new UnsupportedOperationException("has no state");
    }

    @Override
    public double stateGradients(
        Parameters weights, InitialState state, Batch batch, InitialState into) {
      throw new UnsupportedOperationException("has no state");
    }

    @Override
    public void close() {}
  }

  @Test
  void aFolderThatCannotBeUsedIsRefusedAtTheStart() throws IOException {
    Path config = config("run", MODEL + TRAINING);
    try (Trainer first = open(config, 1, false)) {
      assertThat(first.step()).isZero();
      assertThatThrownBy(() -> open(config, 1, false))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("another training runs in this folder");
    }
    Path inFile = config("infile", MODEL + TRAINING + "dir = \"corpus.txt/below\"\n");
    assertThatThrownBy(() -> open(inFile, 1, false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("output.dir");
    Path isFile = config("isfile", MODEL + TRAINING + "dir = \"corpus.txt\"\n");
    assertThatThrownBy(() -> open(isFile, 1, false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("output.dir");
    // A checkpoint that cannot be written fails before the first step, with one line.
    Path blocked = config("blocked", MODEL + TRAINING);
    AtomicInteger steps = new AtomicInteger();
    try (Trainer trainer = open(blocked, 1, false)) {
      Files.delete(folder.resolve("blocked/training.lock"));
      Files.delete(folder.resolve("blocked"));
      assertThatThrownBy(() ->
              trainer.run(
                  new TrainingListener() {
                    @Override
                    public void step(Step step) {
                      steps.incrementAndGet();
                    }
                  },
                  () -> false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("cannot be written");
    }
    assertThat(steps).hasValue(0);
  }

  @Test
  void whatAKilledRunLeftUnfinishedIsRemoved() throws IOException {
    Path config = config("run", MODEL + TRAINING);
    Path unfinished = folder.resolve("run/.rwkv-0011223344556677.tmp");
    Files.createDirectories(unfinished.getParent());
    Files.writeString(unfinished, "half a checkpoint");

    open(config, 1, false).close();

    assertThat(unfinished).doesNotExist();
  }

  @Test
  void aDamagedCheckpointIsRefusedByName() throws IOException {
    Path config = config("run", MODEL + TRAINING);
    run(config, 1);
    Path checkpoint = folder.resolve("run/training.safetensors");
    Files.writeString(checkpoint, "not a checkpoint");
    assertThatThrownBy(() -> open(config, 1, false))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("training.safetensors");
    Files.copy(
        folder.resolve("run/model.safetensors"),
        checkpoint,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> open(config, 1, false))
        .isInstanceOf(dev.rwkv.error.RwkvException.class)
        .hasMessageContaining("training.safetensors");
  }

  @Test
  void aTimeBudgetEndsTheRun() throws IOException {
    String timed =
        MODEL
            + """
            [training]
            minutes = 0.003
            batch = 2
            context = 8
            [output]
            sample_every = 0
            """;
    Path config = config("timed", timed);
    List<TrainingListener.Step> steps = new ArrayList<>();
    try (Trainer trainer = open(config, 1, false)) {
      trainer.run(
          new TrainingListener() {
            @Override
            public void step(Step step) {
              steps.add(step);
            }
          },
          () -> false);
    }

    assertThat(steps).isNotEmpty();
    assertThat(steps.getLast().steps()).isEmpty();
    assertThat(steps.getLast().learningRate()).isLessThan(steps.getFirst().learningRate());
    assertThat(folder.resolve("timed/model.safetensors")).exists();
  }

  @Test
  void trainingGoesOnFromAModelOfAnotherRun() throws IOException {
    run(config("run", MODEL + TRAINING), 1);
    String finer =
        """
        [start]
        model = "run/model.safetensors"
        [data]
        file = "corpus.txt"
        [training]
        steps = 1
        batch = 1
        context = 8
        learning_rate = 1e-7
        final_learning_rate = 1e-7
        [output]
        sample_every = 0
        """;
    run(config("finer", finer), 1);

    float[] before = read(folder.resolve("run/model.safetensors")).values("emb.weight");
    float[] after = read(folder.resolve("finer/model.safetensors")).values("emb.weight");
    assertThat(after).isNotEqualTo(before);
    for (int i = 0; i < before.length; i++) {
      assertThat(Math.abs(after[i] - before[i])).isLessThan(2e-7f);
    }
    Path over = config("over", finer + "dir = \"run\"\n");
    assertThatThrownBy(() -> open(over, 1, false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("would be replaced");
  }
}

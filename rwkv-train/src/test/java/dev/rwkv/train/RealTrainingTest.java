package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.Model;
import dev.rwkv.Rwkv;
import dev.rwkv.Session;
import dev.rwkv.checkpoint.StateFile;
import dev.rwkv.text.Continuation;
import dev.rwkv.text.GenerationRequest;
import dev.rwkv.text.Sampling;
import dev.rwkv.text.TextGenerator;
import dev.rwkv.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains small RWKV-4 models and judges them by the backend that runs them. */
class RealTrainingTest {
  @TempDir Path folder;

  private static final int CONTEXT = 24;

  private static final String MODEL =
      """
      [model]
      layers = 2
      dim = 16
      [data]
      file = "corpus.txt"
      validation = 0.2
      [training]
      steps = 60
      context = 24
      batch = 4
      learning_rate = 0.01
      final_learning_rate = 0.002
      [output]
      dir = "model"
      validate_every = 20
      checkpoint_every = 0
      sample_every = 60
      sample_prompt = "the "
      sample_tokens = 12
      """;

  private static final String STATE =
      """
      [state]
      model = "model/model.safetensors"
      output = "tuned.safetensors"
      [data]
      file = "shouted.txt"
      validation = 0.2
      [training]
      steps = 40
      context = 24
      batch = 4
      learning_rate = 0.1
      final_learning_rate = 0.01
      [output]
      dir = "state"
      validate_every = 10
      sample_every = 40
      sample_prompt = "THE "
      sample_tokens = 12
      """;

  @BeforeEach
  void writeTexts() throws IOException {
    String text = "the cat sat on the mat and the rat sat on the hat. ".repeat(60);
    Files.writeString(folder.resolve("corpus.txt"), text + text.toUpperCase(java.util.Locale.ROOT));
    Files.writeString(folder.resolve("shouted.txt"), text.toUpperCase(java.util.Locale.ROOT));
    Files.writeString(folder.resolve("model.toml"), MODEL);
    Files.writeString(folder.resolve("state.toml"), STATE);
  }

  /** Validations and samples of a run. */
  private static final class Heard implements TrainingListener {
    final List<Validation> validations = new ArrayList<>();
    final List<String> samples = new ArrayList<>();
    double without = Double.NaN;

    @Override
    public void validated(Validation validation) {
      validations.add(validation);
    }

    @Override
    public void validatedWithout(double loss, double bitsPerByte) {
      without = loss;
    }

    @Override
    public void sampled(long step, String prompt, String text) {
      samples.add(text);
    }
  }

  private Heard run(String config, int threads) {
    Heard heard = new Heard();
    TrainingConfig read = TrainingConfig.read(folder.resolve(config));
    try (Trainer trainer = Trainer.open(read, threads, false)) {
      assertThat(trainer.run(heard, () -> false)).isTrue();
    }
    return heard;
  }

  /** The loss of windows side by side, token by token, by sessions of the backend. */
  private double lossBySessions(
      Model model, Corpus corpus, java.util.function.Supplier<Session> start) {
    double nats = 0;
    long predictions = 0;
    float[] logits = new float[model.config().vocabulary()];
    for (int i = 0; i < corpus.validationBatches(1, CONTEXT); i++) {
      Batch batch = corpus.validationBatch(i, 1, CONTEXT);
      try (Session session = start.get()) {
        for (int t = 0; t < batch.length(); t++) {
          session.step(batch.tokens()[t]).copyTo(logits);
          double sum = 0;
          for (float logit : logits) {
            sum += Math.exp(logit);
          }
          nats += Math.log(sum) - logits[batch.targets()[t]];
          predictions++;
        }
      }
    }
    return nats / predictions;
  }

  @Test
  void theModelThatIsWrittenHasTheLossThatWasValidatedAndTheSampleThatWasShown() {
    Heard heard = run("model.toml", 2);

    double first = heard.validations.getFirst().loss();
    double last = heard.validations.getLast().loss();
    assertThat(last).isLessThan(first).isLessThan(Math.log(256) / 1.5);
    Path file = folder.resolve("model/model.safetensors");
    try (Model model = Rwkv.with().backend("vector").threads(1).open(file);
        Corpus corpus = Corpus.open(folder.resolve("corpus.txt"), Tokenizers.bytes(), 0.2)) {
      // Two ways of rounding in f32; logits of this size differ by some 1e-5 at most.
      assertThat(lossBySessions(model, corpus, model::newSession)).isCloseTo(last, within(1e-4));
      String text =
          TextGenerator.of(model)
              .complete(
                  GenerationRequest.of("the ")
                      .withMaxTokens(12)
                      .withSampling(Sampling.defaults().seed(60)));
      assertThat(heard.samples).containsExactly(text);
    }
  }

  @Test
  void aTunedStateBelongsToItsModelAndHasTheLossThatWasValidated() {
    run("model.toml", 1);
    Heard heard = run("state.toml", 2);

    Path file = folder.resolve("model/model.safetensors");
    try (Model model = Rwkv.with().backend("vector").threads(1).open(file);
        Corpus corpus = Corpus.open(folder.resolve("shouted.txt"), Tokenizers.bytes(), 0.2)) {
      StateFile.Saved saved =
          StateFile.load(folder.resolve("tuned.safetensors"), model.stateLayout());
      double untuned = lossBySessions(model, corpus, model::newSession);
      double tuned = lossBySessions(model, corpus, () -> model.newSession(saved.state()));

      assertThat(heard.without).isCloseTo(untuned, within(1e-4));
      assertThat(heard.validations.getLast().loss()).isLessThan(untuned);
      assertThat(tuned).isCloseTo(heard.validations.getLast().loss(), within(1e-4));
      // As rwkv generate --state does it, with a state that holds neither logits nor a sampler.
      Continuation continuation = Continuation.fromMetadata(saved.state(), saved.metadata());
      String text =
          TextGenerator.of(model)
              .complete(
                  GenerationRequest.of("THE ")
                      .withMaxTokens(12)
                      .withContinuation(continuation)
                      .withSampling(Sampling.defaults().seed(40)));
      assertThat(heard.samples).containsExactly(text);
    }
  }

  @Test
  void aStateIsNotTunedFurtherForAnotherModel() throws IOException {
    run("model.toml", 1);
    run("state.toml", 1);
    Files.writeString(
        folder.resolve("model.toml"), MODEL.replace("[training]", "[training]\nseed = 9"));
    TrainingConfig other = TrainingConfig.read(folder.resolve("model.toml"));
    try (Trainer trainer = Trainer.open(other, 1, true)) {
      trainer.run(new TrainingListener() {}, () -> false);
    }

    assertThatThrownBy(
            () -> Trainer.open(TrainingConfig.read(folder.resolve("state.toml")), 1, false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("state.model (fingerprint)");
  }

  @Test
  void whereAStateCannotBeWrittenIsSaidAtTheStart() throws IOException {
    run("model.toml", 1);
    Files.writeString(
        folder.resolve("state.toml"), STATE.replace("tuned.safetensors", "none/tuned.safetensors"));

    assertThatThrownBy(
            () -> Trainer.open(TrainingConfig.read(folder.resolve("state.toml")), 1, false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("state.output");
  }
}

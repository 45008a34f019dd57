package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.Progress;
import dev.rwkv.checkpoint.SafetensorsWriter;
import dev.rwkv.checkpoint.StreamedTensor;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.text.GenerationRequest;
import dev.rwkv.text.Tokenizer;
import dev.rwkv.vector.plan.WorkerTeam;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Learns the weights of a model. */
final class ModelLearner implements Learner {
  private static final String WEIGHTS = "weights.";
  private static final String FIRST = "adam.first.";
  private static final String SECOND = "adam.second.";
  private static final String AVERAGE = "average.";

  private final TrainingConfig config;
  private final GradientModel model;
  private final Tokenizer tokenizer;
  private final WorkerTeam team;
  private final Parameters weights;
  private final Parameters gradients;
  private final Parameters first;
  private final Parameters second;
  private final @Nullable Parameters average;

  /** Takes over the weights and the model. */
  ModelLearner(
      TrainingConfig config,
      GradientModel model,
      Parameters weights,
      Tokenizer tokenizer,
      WorkerTeam team) {
    this.config = config;
    this.model = model;
    this.tokenizer = tokenizer;
    this.team = team;
    this.weights = weights;
    this.gradients = new Parameters(weights.config());
    this.first = new Parameters(weights.config());
    this.second = new Parameters(weights.config());
    this.average = config.training().ema() == 0 ? null : copy(weights);
  }

  private static Parameters copy(Parameters original) {
    Parameters copy = new Parameters(original.config());
    for (TensorSpec spec : original.specs()) {
      float[] values = original.values(spec.name());
      System.arraycopy(values, 0, copy.values(spec.name()), 0, values.length);
    }
    return copy;
  }

  @Override
  public List<Adam.Tensor> tensors() {
    List<Adam.Tensor> tensors = new ArrayList<>();
    for (TensorSpec spec : weights.specs()) {
      String name = spec.name();
      tensors.add(
          new Adam.Tensor(
              weights.values(name),
              gradients.values(name),
              first.values(name),
              second.values(name),
              spec.role() != TensorSpec.Role.VECTOR));
    }
    return tensors;
  }

  @Override
  public Map<String, String> identity() {
    return Map.of("model", weights.config().toString());
  }

  @Override
  public double gradients(Batch batch, long step) {
    TrainingConfig.Training training = config.training();
    long dropoutSeed = CounterRandom.bits(training.seed(), step);
    return model.gradients(
        weights,
        batch,
        new Regularisation(training.l2Wrap(), training.dropout(), dropoutSeed),
        gradients);
  }

  @Override
  public void stepped(long step) {
    Parameters kept = average;
    if (kept == null) {
      return;
    }
    // Early on the average is of few steps: it must not remember where they began.
    double share = Math.min(config.training().ema(), step / (step + 10.0));
    team.run(worker -> {
      for (TensorSpec spec : weights.specs()) {
        float[] mean = kept.values(spec.name());
        float[] now = weights.values(spec.name());
        int from = (int) ((long) now.length * worker / team.size());
        int to = (int) ((long) now.length * (worker + 1) / team.size());
        blend(mean, now, from, to, (float) share);
      }
    });
  }

  private static void blend(float[] mean, float[] now, int from, int to, float share) {
    for (int i = from; i < to; i++) {
      mean[i] = now[i] + share * (mean[i] - now[i]);
    }
  }

  @Override
  public double loss(Batch batch) {
    return model.loss(learnt(), batch);
  }

  private Parameters learnt() {
    return average == null ? weights : average;
  }

  @Override
  public List<StreamedTensor> saved() {
    List<StreamedTensor> saved = new ArrayList<>();
    parts()
        .forEach((prefix, part) -> {
          for (TensorSpec spec : part.specs()) {
            saved.add(
                new FloatTensor(prefix + spec.name(), spec.shape(), part.values(spec.name())));
          }
        });
    return saved;
  }

  private Map<String, Parameters> parts() {
    Map<String, Parameters> parts = new TreeMap<>();
    parts.put(WEIGHTS, weights);
    parts.put(FIRST, first);
    parts.put(SECOND, second);
    if (average != null) {
      parts.put(AVERAGE, average);
    }
    return parts;
  }

  @Override
  public void restore(Checkpoint checkpoint) {
    parts()
        .forEach((prefix, part) -> {
          for (TensorSpec spec : part.specs()) {
            float[] values = part.values(spec.name());
            checkpoint.tensor(prefix + spec.name()).copyTo(0, values, 0, values.length);
          }
        });
  }

  @Override
  public void write(Path target, Map<String, String> facts) {
    Map<String, String> all = new TreeMap<>(facts);
    ModelConfig shape = weights.config();
    if (shape.layerNormEpsilon() != Rwkv4.LAYER_NORM_EPSILON) {
      all.put("layer_norm_epsilon", "" + shape.layerNormEpsilon());
    }
    SafetensorsWriter.write(target, learnt().tensors(), all, Progress.NONE);
  }

  @Override
  public Path result() {
    return config.output().dir().resolve("model.safetensors");
  }

  @Override
  public Path best() {
    return config.output().dir().resolve("best.safetensors");
  }

  @Override
  public String sample(String prompt, int tokens, long seed) {
    GenerationRequest request = GenerationRequest.of(prompt).withMaxTokens(tokens);
    return Sample.with(
        learnt().tensors(), team.size(), loaded -> Sample.text(loaded, tokenizer, request, seed));
  }

  @Override
  public void close() {
    model.close();
  }
}

package dev.rwkv.train;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.StateFile;
import dev.rwkv.checkpoint.StreamedTensor;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.text.Continuation;
import dev.rwkv.text.GenerationRequest;
import dev.rwkv.text.Tokenizer;
import dev.rwkv.vector.plan.WorkerTeam;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Learns the state that texts start from; the model is frozen.
 *
 * <p>What is written is a state of that model as any session saves it, with the sums of one earlier
 * token: numerator ν, denominator 1, exponent κ.
 */
final class StateLearner implements Learner {
  private final TrainingConfig config;
  private final TrainingConfig.StateTuning tuning;
  private final GradientModel model;
  private final Parameters weights;
  private final Fingerprint fingerprint;
  private final Tokenizer tokenizer;
  private final int threads;
  private final InitialState state;
  private final InitialState gradients;
  private final InitialState first;
  private final InitialState second;

  /** Takes over the model. */
  StateLearner(
      TrainingConfig config,
      TrainingConfig.StateTuning tuning,
      GradientModel model,
      Parameters weights,
      Fingerprint fingerprint,
      Tokenizer tokenizer,
      WorkerTeam team) {
    this.config = config;
    this.tuning = tuning;
    this.model = model;
    this.weights = weights;
    this.fingerprint = fingerprint;
    this.tokenizer = tokenizer;
    this.threads = team.size();
    this.state = new InitialState(weights.config());
    this.gradients = new InitialState(weights.config());
    this.first = new InitialState(weights.config());
    this.second = new InitialState(weights.config());
  }

  @Override
  public List<Adam.Tensor> tensors() {
    List<Adam.Tensor> tensors = new ArrayList<>();
    List<FloatTensor> values = arrays("", state);
    for (int i = 0; i < values.size(); i++) {
      tensors.add(
          new Adam.Tensor(
              values.get(i).values(),
              arrays("", gradients).get(i).values(),
              arrays("", first).get(i).values(),
              arrays("", second).get(i).values(),
              false));
    }
    return tensors;
  }

  private static List<FloatTensor> arrays(String prefix, InitialState of) {
    List<FloatTensor> arrays = new ArrayList<>();
    for (int i = 0; i < of.config().layers(); i++) {
      InitialState.Layer layer = of.layer(i);
      String block = prefix + "blocks." + i + ".";
      Shape shape = Shape.of(of.config().width());
      arrays.add(new FloatTensor(block + "att.shift", shape, layer.timeShift()));
      arrays.add(new FloatTensor(block + "att.value", shape, layer.value()));
      arrays.add(new FloatTensor(block + "att.key", shape, layer.key()));
      arrays.add(new FloatTensor(block + "ffn.shift", shape, layer.channelShift()));
    }
    return arrays;
  }

  @Override
  public Map<String, String> identity() {
    return Map.of(
        "model", weights.config().toString(), "state.model (fingerprint)", fingerprint.hex());
  }

  @Override
  public double gradients(Batch batch, long step) {
    return model.stateGradients(weights, state, batch, gradients);
  }

  @Override
  public void stepped(long step) {
    // The optimiser has changed the state itself.
  }

  @Override
  public double loss(Batch batch) {
    return model.stateLoss(weights, state, batch);
  }

  @Override
  public Optional<ToDoubleFunction<Batch>> lossWithout() {
    return Optional.of(batch -> model.loss(weights, batch));
  }

  @Override
  public List<StreamedTensor> saved() {
    return new ArrayList<>(parts());
  }

  private List<FloatTensor> parts() {
    List<FloatTensor> parts = new ArrayList<>();
    parts.addAll(arrays("state.", state));
    parts.addAll(arrays("adam.first.", first));
    parts.addAll(arrays("adam.second.", second));
    return parts;
  }

  @Override
  public void restore(Checkpoint checkpoint) {
    for (FloatTensor part : parts()) {
      checkpoint.tensor(part.name()).copyTo(0, part.values(), 0, part.values().length);
    }
  }

  private State asState() {
    StateLayout layout = Rwkv4.INSTANCE.stateLayout(weights.config());
    double[] values = new double[Math.toIntExact(layout.elements())];
    for (int i = 0; i < weights.config().layers(); i++) {
      InitialState.Layer layer = state.layer(i);
      String block = "blocks." + i + ".";
      for (int c = 0; c < weights.config().width(); c++) {
        values[(int) layout.offset(block + "att.shift") + c] = layer.timeShift()[c];
        values[(int) layout.offset(block + "att.numerator") + c] = layer.value()[c];
        values[(int) layout.offset(block + "att.denominator") + c] = 1;
        values[(int) layout.offset(block + "att.exponent") + c] = layer.key()[c];
        values[(int) layout.offset(block + "ffn.shift") + c] = layer.channelShift()[c];
      }
    }
    return State.ofValues(layout, fingerprint, DType.F32, values);
  }

  @Override
  public void write(Path target, Map<String, String> facts) {
    StateFile.save(asState(), target, facts);
  }

  @Override
  public Path result() {
    return tuning.output();
  }

  @Override
  public Path best() {
    return config.output().dir().resolve("best-state.safetensors");
  }

  @Override
  public String sample(String prompt, int tokens, long seed) {
    return Sample.with(
        weights.tensors(),
        threads,
        loaded -> {
          // The copy may have another fingerprint than the file, whose weights may be of another
          // type.
          State own =
              State.copyOf(loaded.stateLayout(), loaded.fingerprint(), DType.F32, asState().data());
          GenerationRequest request =
              GenerationRequest.of(prompt)
                  .withMaxTokens(tokens)
                  .withContinuation(Continuation.of(own));
          return Sample.text(loaded, tokenizer, request, seed);
        });
  }

  @Override
  public void close() {
    model.close();
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.Requantised;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.conformance.mutant.FloatWeights.ChannelMix;
import dev.rwkv.conformance.mutant.FloatWeights.Layer;
import dev.rwkv.conformance.mutant.FloatWeights.TimeMix;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.Capability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.spi.Wkv4Operator;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.Optional;
import java.util.Set;

/**
 * A right RWKV-4 in f32 that declares everything, and passes; what mutants are made from. It reads
 * a span layer by layer, and a step is a span of one token, so there is one way through the model.
 */
public class HonestBackend extends Equations implements BackendProvider {
  private static final String DEVICE = "cpu";

  /** For the kit, which makes it by its class name. */
  public HonestBackend() {}

  // ---- What it says of itself.

  @Override
  public String name() {
    return getClass().getSimpleName();
  }

  @Override
  public Availability availability() {
    return Availability.usable();
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(
        Capability.BATCH, Capability.WKV4_OPERATOR, Capability.DETERMINISTIC_ACROSS_THREADS);
  }

  @Override
  public int rank() {
    return -1;
  }

  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    try {
      return refusal(Rwkv4.INSTANCE.config(checkpoint), options)
          .map(Availability::because)
          .orElse(Availability.usable());
    } catch (CheckpointException e) {
      return Availability.because(String.valueOf(e.getMessage()));
    }
  }

  /** Why options do not fit a model that is right. */
  protected Optional<String> refusal(ModelConfig config, LoadOptions options) {
    String device = options.device().orElse(DEVICE);
    if (!device.equals(DEVICE)) {
      return Optional.of("there is no device '" + device + "': it has only '" + DEVICE + "'");
    }
    DType precision = options.precision().orElse(DType.F32);
    boolean wholeBlocks =
        config.width() % precision.blockElements() == 0
            && config.feedForwardWidth() % precision.blockElements() == 0;
    return precision == DType.F64 || precision == DType.I64 || !wholeBlocks
        ? Optional.of(config + " cannot be held in " + precision.label() + ": choose f32")
        : Optional.empty();
  }

  // ---- Loading.

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    Optional<String> refusal = refusal(Rwkv4.INSTANCE.config(checkpoint), options);
    if (refusal.isPresent()) {
      throw new BackendException("backend '" + name() + "' cannot be used: " + refusal.get());
    }
    return Requantised.load(
        checkpoint,
        options,
        held -> {
          DType precision = held.tensor("blocks.0.att.key.weight").dtype();
          FloatWeights weights = weights(FloatWeights.of(held));
          return model(new HonestModel(this, held, weights, precision, options));
        });
  }

  /** What is done to the weights when they are loaded. */
  protected FloatWeights weights(FloatWeights stored) {
    return stored;
  }

  /** The model as its users see it. */
  protected Model model(Model honest) {
    return new RelayModel(honest, this);
  }

  /** A session as its users see it. */
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model);
  }

  @Override
  public <O> Optional<O> operator(Class<O> type) {
    return type == Wkv4Operator.class
        ? Optional.of(type.cast(new HonestOperator(this)))
        : Optional.empty();
  }

  // ---- The pass through the model.

  /** Consumes tokens, moves the state, and gives the logits after each. */
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] x = new float[tokens.length][];
    for (int t = 0; t < x.length; t++) {
      x[t] = layerNorm(weights.embeddingNorm(), weights.embedding()[tokens[t]]);
    }
    for (Layer layer : weights.layers()) {
      block(layer, state.layers.get(layer.index()), x);
    }
    float[][] logits = new float[x.length][];
    for (int t = 0; t < x.length; t++) {
      logits[t] = multiply(weights.head(), layerNorm(weights.outputNorm(), x[t]));
    }
    return logits;
  }

  /** One block over all tokens of a span; x is the residual stream. */
  protected void block(Layer layer, LiveState.Layer state, float[][] x) {
    float[][] input = new float[x.length][];
    for (int t = 0; t < x.length; t++) {
      input[t] = layerNorm(layer.timeMixNorm(), x[t]);
      float[] previous = previous(input, t, state.timeMixShift);
      x[t] = add(x[t], timeMix(layer.timeMix(), state, input[t], previous));
    }
    state.timeMixShift = input[x.length - 1];
    for (int t = 0; t < x.length; t++) {
      input[t] = layerNorm(layer.channelMixNorm(), x[t]);
      float[] previous = previous(input, t, state.channelMixShift);
      x[t] = add(x[t], channelMix(layer.channelMix(), input[t], previous));
    }
    state.channelMixShift = input[x.length - 1];
  }

  /** x' of token t: the row before it, or what the state kept. */
  protected float[] previous(float[][] rows, int t, float[] kept) {
    return t == 0 ? kept : rows[t - 1];
  }

  /** Time-mix of one token. */
  protected float[] timeMix(TimeMix w, LiveState.Layer state, float[] x, float[] previous) {
    float[] r = multiply(w.receptance(), tokenShift(w.mixReceptance(), x, previous));
    float[] k = multiply(w.key(), tokenShift(w.mixKey(), x, previous));
    float[] v = multiply(w.value(), tokenShift(w.mixValue(), x, previous));
    return multiply(w.output(), gate(r, wkv(w.decay(), w.bonus(), state, k, v)));
  }

  /** Channel-mix of one token. */
  protected float[] channelMix(ChannelMix w, float[] x, float[] previous) {
    float[] r = multiply(w.receptance(), tokenShift(w.mixReceptance(), x, previous));
    float[] k = squaredRelu(multiply(w.key(), tokenShift(w.mixKey(), x, previous)));
    return gate(r, multiply(w.value(), k));
  }

  // ---- States.

  /** The live state that a session starts with or is set to. */
  protected LiveState live(State state, int layers) {
    return LiveState.of(state, layers);
  }

  /** The live state of a fork. */
  protected LiveState fork(LiveState origin) {
    return origin.copy();
  }

  /** A snapshot. */
  protected State export(LiveState live, StateLayout layout, Fingerprint fingerprint) {
    return live.export(layout, fingerprint);
  }
}

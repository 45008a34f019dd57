package dev.rwkv.vector;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Architectures;
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
 * Finds out whether this Java has the Vector API, and loads models that run on it.
 *
 * <p>Safe for any thread. Nothing in this class links to the incubating module, so that it can say
 * that the module is not there.
 */
public final class VectorProvider implements BackendProvider {
  /** What users select it by. */
  public static final String NAME = "vector";

  static final Set<Capability> CAPABILITIES =
      Set.of(Capability.BATCH, Capability.WKV4_OPERATOR, Capability.DETERMINISTIC_ACROSS_THREADS);

  private static final String MODULE = "jdk.incubator.vector";
  private static final String DEVICE = "cpu";
  private static final int RANK = 100;

  /** Makes a provider, for {@link java.util.ServiceLoader}. */
  public VectorProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    return availability(ModuleLayer.boot());
  }

  static Availability availability(ModuleLayer layer) {
    return layer.findModule(MODULE).isPresent()
        ? Availability.usable()
        : Availability.because(
            "the module " + MODULE + " is not there: start Java with --add-modules " + MODULE);
  }

  @Override
  public Set<Capability> capabilities() {
    return CAPABILITIES;
  }

  @Override
  public int rank() {
    return RANK;
  }

  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    try {
      ModelConfig config = Architectures.of(checkpoint).config(checkpoint);
      return refusal(config, options).map(Availability::because).orElse(availability());
    } catch (CheckpointException e) {
      return Availability.because(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> refusal(ModelConfig config, LoadOptions options) {
    String device = options.device().orElse(DEVICE);
    if (!device.equals(DEVICE)) {
      return Optional.of("there is no device '" + device + "': it has only '" + DEVICE + "'");
    }
    DType precision = options.precision().orElse(DType.F32);
    if (precision == DType.F64 || precision == DType.I64) {
      return Optional.of(
          "weights are not held in "
              + precision.label()
              + ": choose f32, f16, bf16 or a quantised type");
    }
    if (config.width() % precision.blockElements() != 0
        || config.feedForwardWidth() % precision.blockElements() != 0) {
      return Optional.of(
          config
              + " cannot be held in "
              + precision.label()
              + ", whose blocks have "
              + precision.blockElements()
              + " elements: choose f32, f16 or bf16");
    }
    return Optional.empty();
  }

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    Availability available = availability();
    ModelConfig config = Architectures.of(checkpoint).config(checkpoint);
    Optional<String> refusal = available.isUsable() ? refusal(config, options) : available.reason();
    if (refusal.isPresent()) {
      throw new BackendException("backend '" + NAME + "' cannot be used: " + refusal.get());
    }
    return VectorModel.load(checkpoint, options);
  }

  @Override
  public <O> Optional<O> operator(Class<O> type) {
    return type == Wkv4Operator.class && availability().isUsable()
        ? Optional.of(type.cast(new VectorWkv4()))
        : Optional.empty();
  }
}

package dev.rwkv.reference;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.Requantised;
import dev.rwkv.checkpoint.architecture.Architecture;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.Arithmetic;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.Capability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.spi.Wkv4Operator;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.util.Optional;
import java.util.Set;

/**
 * The oracle as a backend: always usable, of the lowest rank, exact to double precision and slow.
 * It uses one thread, whatever the options allow.
 */
public final class ReferenceProvider implements BackendProvider {
  static final String NAME = "reference";

  static final Set<Capability> CAPABILITIES =
      Set.of(Capability.BATCH, Capability.WKV4_OPERATOR, Capability.DETERMINISTIC_ACROSS_THREADS);

  private static final String DEVICE = "cpu";

  /** For {@link java.util.ServiceLoader}. */
  public ReferenceProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    return Availability.usable();
  }

  @Override
  public Set<Capability> capabilities() {
    return CAPABILITIES;
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.F64;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    String device = options.device().orElse(DEVICE);
    if (!device.equals(DEVICE)) {
      return Availability.because(
          "there is no device '" + device + "': it has only '" + DEVICE + "'");
    }
    try {
      Architecture architecture = Architectures.of(checkpoint);
      ModelConfig config = architecture.config(checkpoint);
      return options
          .precision()
          .map(precision -> canHold(architecture, config, precision))
          .orElse(Availability.usable());
    } catch (CheckpointException e) {
      return Availability.because(String.valueOf(e.getMessage()));
    }
  }

  private static Availability canHold(
      Architecture architecture, ModelConfig config, DType precision) {
    if (precision == DType.F64 || precision == DType.I64) {
      return Availability.because(
          "weights are not held in "
              + precision.label()
              + ": choose f32, f16, bf16 or a quantised type; it computes in f64 in any case");
    }
    for (TensorSpec spec : architecture.tensors(config)) {
      Shape shape = spec.shape();
      if (spec.role() == TensorSpec.Role.MATRIX
          && shape.dim(shape.rank() - 1) % precision.blockElements() != 0) {
        return Availability.because(
            spec.name()
                + " "
                + shape
                + " cannot be held in "
                + precision.label()
                + ", whose blocks have "
                + precision.blockElements()
                + " elements: choose f32, f16 or bf16");
      }
    }
    return Availability.usable();
  }

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    Architecture architecture = Architectures.of(checkpoint);
    architecture.config(checkpoint);
    Availability verdict = canLoad(checkpoint, options);
    if (!verdict.isUsable()) {
      throw new BackendException(
          "backend '" + NAME + "' cannot be used: " + verdict.reason().orElse("no reason given"));
    }
    return Requantised.load(
        checkpoint,
        options,
        held -> {
          Rwkv4Weights weights = Rwkv4Weights.of(held);
          return new ReferenceModel(held, weights, architecture.stateLayout(weights.config()));
        });
  }

  @Override
  public <O> Optional<O> operator(Class<O> type) {
    return type == Wkv4Operator.class
        ? Optional.of(type.cast(new ReferenceWkv()))
        : Optional.empty();
  }
}

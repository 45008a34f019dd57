package dev.rwkv.conformance.subject;

import dev.rwkv.Backends;
import dev.rwkv.Device;
import dev.rwkv.Model;
import dev.rwkv.checkpoint.Requantised;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.requirement.Condition;
import dev.rwkv.conformance.requirement.Feature;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.RwkvException;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.Capability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.spi.Wkv4Operator;
import dev.rwkv.spi.Wkv4Operator.Form;
import dev.rwkv.spi.Wkv4Operator.Numerics;
import dev.rwkv.tensor.Checkpoint;
import java.util.Optional;

/** The backend under test. As safe for threads as the backend's provider. */
public final class Subject {
  private static final ModelCase SMALLEST = ModelCase.of(1, 1, 1, 2, 0);

  private final BackendProvider provider;

  private Subject(BackendProvider provider) {
    this.provider = provider;
  }

  /** A backend that is at hand: for programs that bring their own and for broken ones in tests. */
  public static Subject of(BackendProvider provider) {
    return new Subject(provider);
  }

  /**
   * The backend of this name, or the provider of this class name, which needs no registration:
   * {@code vector}, {@code com.example.MyProvider}.
   *
   * @throws BackendException if there is none, or it cannot be used here; the message says why
   */
  public static Subject named(String backend) {
    Backends backends = Backends.discover();
    // Registered ones first, by class name as well: a module hides what it does not export.
    BackendProvider provider =
        backends.candidates().stream()
            .flatMap(candidate -> candidate.provider().stream())
            .filter(
                each -> each.name().equals(backend) || each.getClass().getName().equals(backend))
            .findFirst()
            .orElseGet(() -> unregistered(backend, backends));
    Availability availability = provider.availability();
    if (!availability.isUsable()) {
      throw new BackendException(
          "backend '"
              + backend
              + "' cannot be used: "
              + availability.reason().orElse("(no reason)"));
    }
    return new Subject(provider);
  }

  private static BackendProvider unregistered(String backend, Backends backends) {
    if (backend.contains(".")) {
      return instance(backend);
    }
    throw new BackendException(
        "there is no backend '"
            + backend
            + "' among "
            + backends.candidates().stream().map(Subject::listed).toList()
            + ": put its jar on the class path, with META-INF/services/"
            + BackendProvider.class.getName()
            + ", or name its provider's class");
  }

  // A mistake in a file of services is found where the backend is missed.
  private static String listed(Backends.Candidate candidate) {
    return candidate.provider().isPresent()
        ? candidate.name()
        : candidate.name() + ": " + candidate.availability().reason().orElse("(no reason)");
  }

  private static BackendProvider instance(String className) {
    try {
      return Class.forName(className)
          .asSubclass(BackendProvider.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      throw new BackendException(
          className
              + " is no provider that can be made: it must implement BackendProvider and have a"
              + " public constructor without parameters ("
              + e
              + ")",
          e);
    }
  }

  /** What users select the backend by. */
  public String name() {
    return provider.name();
  }

  /** The provider itself. */
  public BackendProvider provider() {
    return provider;
  }

  /** Whether the backend declares something. */
  public boolean declares(Feature feature) {
    return switch (feature) {
      case BATCH, WKV4_OPERATOR, DETERMINISTIC_ACROSS_THREADS, REDUCED_ACTIVATIONS ->
          provider.capabilities().contains(Capability.valueOf(feature.name()));
      case WKV4_RECURRENT -> operatorSupports(Form.RECURRENT, Numerics.STABILISED);
      case WKV4_PARALLEL -> operatorSupports(Form.PARALLEL, Numerics.STABILISED);
      case WKV4_NAIVE -> operatorSupports(Form.RECURRENT, Numerics.NAIVE);
    };
  }

  /** Whether a requirement with this condition applies. */
  public boolean meets(Condition condition) {
    return declares(condition.feature()) == condition.declared();
  }

  private boolean operatorSupports(Form form, Numerics numerics) {
    // Declared without being there is found by the tests of the stabilised form.
    return declares(Feature.WKV4_OPERATOR)
        && provider
            .operator(Wkv4Operator.class)
            .map(operator -> operator.supports(form, numerics))
            .orElse(numerics == Numerics.STABILISED);
  }

  /**
   * The operator.
   *
   * @throws Violation if it is declared and not there
   */
  public Wkv4Operator wkv4() {
    return provider
        .operator(Wkv4Operator.class)
        .orElseThrow(() ->
            new Violation("WKV4_OPERATOR is declared, but operator(Wkv4Operator.class) is empty"));
  }

  /** The arithmetic that the backend declares, and is held to. */
  public ErrorModel arithmetic() {
    return ErrorModel.of(provider.arithmetic());
  }

  /** Loads a model as it is stored. */
  public LoadedModel load(ModelCase model) {
    return load(model, LoadOptions.defaults());
  }

  /**
   * Loads a model, and the oracle on exactly the weights that the options ask for.
   *
   * @throws Violation if the backend refuses it
   */
  public LoadedModel load(ModelCase model, LoadOptions options) {
    ErrorModel errors = arithmetic();
    Checkpoint exact =
        options
            .precision()
            .<Checkpoint>map(precision -> Requantised.of(model.open(), precision))
            .orElseGet(model::open);
    try {
      return new LoadedModel(load(model.open(), options), exact, errors);
    } catch (RuntimeException | Error e) {
      exact.close();
      throw e;
    }
  }

  /**
   * Loads a checkpoint that is no random model as it stands.
   *
   * @param given for the backend; closed in any case
   * @param exact the same weights for the oracle; closed in any case
   * @throws Violation if the backend refuses it
   */
  public LoadedModel load(Checkpoint given, Checkpoint exact) {
    try {
      return new LoadedModel(load(given, LoadOptions.defaults()), exact, arithmetic());
    } catch (RuntimeException | Error e) {
      exact.close();
      throw e;
    }
  }

  private Model load(Checkpoint given, LoadOptions options) {
    boolean loaded = false;
    try {
      Availability willing = provider.canLoad(given, options);
      Violation.unless(
          willing.isUsable(),
          "canLoad refuses a valid model: " + willing.reason().orElse("(no reason)"));
      Model model = provider.load(given, options);
      loaded = true;
      return model;
    } catch (RwkvException e) {
      throw new Violation("load refuses a model that canLoad accepts: " + e, e);
    } finally {
      if (!loaded) {
        given.close();
      }
    }
  }

  /**
   * Where the arithmetic is done, asked of a model of one channel; empty if it cannot be loaded.
   */
  public Optional<Device> device() {
    try (Model model = load(SMALLEST.open(), LoadOptions.defaults())) {
      return Optional.of(model.device());
    } catch (RuntimeException | Violation e) {
      return Optional.empty(); // the report says why: the model's requirements fail as well
    }
  }

  @Override
  public String toString() {
    return name();
  }
}

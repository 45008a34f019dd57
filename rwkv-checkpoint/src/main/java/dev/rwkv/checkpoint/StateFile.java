package dev.rwkv.checkpoint;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * States as files: safetensors with one tensor per component, under the component's name.
 *
 * <p>The file's {@code __metadata__} says what it is ({@value #VERSION}), of which {@value
 * #ARCHITECTURE} and of which model ({@value #FINGERPRINT}); further entries are the caller's. A
 * file appears under its name when it is complete, or not at all. Stateless.
 */
public final class StateFile {
  /** The entry that marks a file as a state; its value is the version of this layout. */
  public static final String VERSION = "rwkv.state.version";

  /** The entry that names the architecture, as {@link StateLayout#architecture()}. */
  public static final String ARCHITECTURE = "rwkv.state.architecture";

  /** The entry that holds {@link State#fingerprint()}. */
  public static final String FINGERPRINT = "rwkv.state.fingerprint";

  private static final String PREFIX = "rwkv.state.";
  private static final String CURRENT_VERSION = "1";
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");

  /**
   * What a file held.
   *
   * @param state the state
   * @param metadata the caller's entries, without those of this class
   */
  public record Saved(State state, Map<String, String> metadata) {
    public Saved {
      metadata = Map.copyOf(metadata);
    }
  }

  private StateFile() {}

  /**
   * Writes a state.
   *
   * @param target replaced when it exists
   * @param metadata whatever the caller wants back; keys must not begin with {@code rwkv.state.}
   * @throws CheckpointException if the file cannot be written, or the state holds NaN or +∞
   */
  public static void save(State state, Path target, Map<String, String> metadata) {
    Map<String, String> all = new TreeMap<>(metadata);
    for (String key : metadata.keySet()) {
      if (key.startsWith(PREFIX)) {
        throw new InvalidArgumentException(
            "metadata", "the key '" + key + "' is reserved: choose one without " + PREFIX);
      }
    }
    all.put(VERSION, CURRENT_VERSION);
    all.put(ARCHITECTURE, state.layout().architecture());
    all.put(FINGERPRINT, state.fingerprint().hex());
    List<TensorView> components =
        state.layout().components().stream().map(c -> state.component(c.name())).toList();
    components.forEach(component -> checkNumbers(target, component));
    SafetensorsWriter.write(
        target, components.stream().map(StreamedTensor::of).toList(), all, Progress.NONE, 1);
  }

  /**
   * Reads a state.
   *
   * @param layout of the model that is to resume it: {@code model.stateLayout()}
   * @throws CheckpointException if the file is no state, is of another version or architecture, or
   *     a component is missing, unknown, of another shape or type, or holds NaN or +∞; names it
   */
  public static Saved load(Path file, StateLayout layout) {
    try (Checkpoint checkpoint = Checkpoint.open(file);
        Arena memory = Arena.ofConfined()) {
      Fingerprint fingerprint = checkHeader(checkpoint, file, layout);
      DType dtype = checkComponents(checkpoint, file, layout);
      MemorySegment data = memory.allocate(layout.bytes(dtype));
      for (StateLayout.Component component : layout.components()) {
        TensorView tensor = checkpoint.tensor(component.name());
        checkNumbers(file, tensor);
        data.asSlice(dtype.bytes(layout.offset(component.name()))).copyFrom(tensor.data());
      }
      Map<String, String> rest = new TreeMap<>(checkpoint.metadata());
      rest.keySet().removeIf(key -> key.startsWith(PREFIX));
      return new Saved(State.copyOf(layout, fingerprint, dtype, data), rest);
    }
  }

  private static Fingerprint checkHeader(Checkpoint checkpoint, Path file, StateLayout layout) {
    Map<String, String> facts = checkpoint.metadata();
    String version = facts.get(VERSION);
    if (version == null) {
      throw new CheckpointException(
          file, "is no saved state: its metadata has no '" + VERSION + "'");
    }
    if (!version.equals(CURRENT_VERSION)) {
      throw new CheckpointException(
          file,
          "is a state of version '" + version + "', but only " + CURRENT_VERSION + " is known");
    }
    String architecture = facts.getOrDefault(ARCHITECTURE, "");
    if (!architecture.equals(layout.architecture())) {
      throw new CheckpointException(
          file,
          "is a state of architecture '"
              + architecture
              + "', but the model is "
              + layout.architecture());
    }
    String fingerprint = facts.getOrDefault(FINGERPRINT, "");
    if (!HEX.matcher(fingerprint).matches()) {
      throw new CheckpointException(
          file, "'" + FINGERPRINT + "' is '" + fingerprint + "': expected 32 hexadecimal digits");
    }
    return new Fingerprint(fingerprint);
  }

  /** Checks names, shapes and types, and returns the type that all components share. */
  private static DType checkComponents(Checkpoint checkpoint, Path file, StateLayout layout) {
    Set<String> unknown = new HashSet<>(checkpoint.names());
    DType dtype = null;
    for (StateLayout.Component component : layout.components()) {
      if (!unknown.remove(component.name())) {
        throw wrong(file, component.name(), "is missing: the state is of another model");
      }
      TensorView tensor = checkpoint.tensor(component.name());
      if (!tensor.shape().equals(component.shape())) {
        throw wrong(
            file,
            component.name(),
            "has shape " + tensor.shape() + ", but the model's is " + component.shape());
      }
      dtype = dtype == null ? tensor.dtype() : dtype;
      if (tensor.dtype() != dtype || (dtype != DType.F32 && dtype != DType.F64)) {
        throw wrong(
            file,
            component.name(),
            "holds " + tensor.dtype().label() + ": a state is all f32 or all f64");
      }
    }
    if (!unknown.isEmpty()) {
      throw wrong(
          file,
          unknown.stream().sorted().findFirst().orElseThrow(),
          "is no component of a " + layout);
    }
    return dtype == null ? DType.F32 : dtype;
  }

  /** An exponent may be −∞, which means an empty sum; nothing may be NaN or +∞. */
  private static void checkNumbers(Path file, TensorView component) {
    double[] values = component.toDoubles();
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i]) || values[i] == Double.POSITIVE_INFINITY) {
        throw wrong(
            file,
            component.name(),
            "is "
                + values[i]
                + " at element "
                + i
                + ": the state is spoiled and cannot be resumed");
      }
    }
  }

  private static CheckpointException wrong(Path file, String component, String problem) {
    return new CheckpointException(file, component, problem, null);
  }
}

package dev.rwkv.checkpoint;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Architecture;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a model anew, in another format or precision: {@code rwkv convert IN OUT}.
 *
 * <p>The ending of the new file's name chooses the format, {@code .safetensors} or {@code .bin}
 * (rwkv.cpp). The rules of each are in {@link SafetensorsTarget} and {@link RwkvCppTarget}; what
 * the precision applies to is what {@link Requantised} says, except that a safetensors file of a
 * given precision holds its vectors in it as well. Without one, every tensor keeps its type where
 * the format has it.
 *
 * <p>The order of the tensors is kept. Memory is bounded; the new file is there when it is complete
 * or not at all. Immutable.
 */
public final class Conversion {
  /** The precisions that a file can be written in. */
  public static final Set<DType> PRECISIONS =
      Set.copyOf(EnumSet.complementOf(EnumSet.of(DType.F64, DType.I64)));

  private final Checkpoint source;
  private final @Nullable DType precision;
  private final Progress progress;

  private Conversion(Checkpoint source, @Nullable DType precision, Progress progress) {
    this.source = source;
    this.precision = precision;
    this.progress = progress;
  }

  /** A conversion of this checkpoint, which stays the caller's; precision as stored. */
  public static Conversion of(Checkpoint source) {
    return new Conversion(source, null, Progress.NONE);
  }

  /**
   * The same into this precision.
   *
   * @throws InvalidArgumentException if it is not one of {@link #PRECISIONS}
   */
  public Conversion withPrecision(DType newPrecision) {
    if (!PRECISIONS.contains(newPrecision)) {
      throw new InvalidArgumentException(
          "precision",
          "'"
              + newPrecision.label()
              + "' is not one of "
              + PRECISIONS.stream().sorted().map(DType::label).collect(Collectors.joining(", ")));
    }
    return new Conversion(source, newPrecision, progress);
  }

  /** The same with a listener. */
  public Conversion withProgress(Progress newProgress) {
    return new Conversion(source, precision, newProgress);
  }

  /**
   * Writes the file.
   *
   * @param target replaced when it exists
   * @throws CheckpointException if the source is no model that can be run, the target is the source
   *     or has an unknown ending, the format cannot hold the precision or a weight, or the file
   *     cannot be written
   */
  public void write(Path target) {
    Path name = target.getFileName();
    String ending = name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
    boolean safetensors = ending.endsWith(".safetensors");
    if (!safetensors && !ending.endsWith(".bin")) {
      throw new CheckpointException(
          target, "its ending names no format to write: choose .safetensors or .bin");
    }
    refuseSource(target);
    Architecture architecture = Architectures.of(source);
    ModelConfig config = architecture.config(source);
    if (safetensors) {
      SafetensorsTarget.write(source, precision, target, progress);
    } else {
      RwkvCppTarget.write(source, architecture, config, precision, target, progress);
    }
  }

  private void refuseSource(Path target) {
    try {
      if (!Files.exists(target) || !Files.exists(source.source())) {
        return;
      }
      if (Files.isSameFile(source.source(), target)) {
        throw new CheckpointException(target, "is the file to be converted: write to another name");
      }
      if (Files.isDirectory(source.source())
          && target.toRealPath().startsWith(source.source().toRealPath())) {
        throw new CheckpointException(
            target, "is a file of the folder to be converted: write to another name");
      }
    } catch (IOException e) {
      throw new CheckpointException(
          target, "cannot be compared with " + source.source() + ": " + e.getMessage(), e);
    }
  }
}

package dev.rwkv.checkpoint.format;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the mapped tensors of one checkpoint, from one file or several shards.
 *
 * <p>It owns the mappings until {@link #build} hands them to the checkpoint; closing it before that
 * unmaps them. For one thread.
 */
public final class CheckpointBuilder implements AutoCloseable {
  /**
   * Far above any model, and low enough that a file of nothing but names cannot exhaust the heap.
   */
  private static final int MAX_TENSORS = 100_000;

  private final Path source;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private @Nullable Arena arena = Arena.ofShared();

  /**
   * An empty collection.
   *
   * @param source the file or folder, as the user named it
   */
  public CheckpointBuilder(Path source) {
    this.source = source;
  }

  /**
   * Maps a file for as long as the checkpoint lives.
   *
   * @throws CheckpointException if it cannot be opened or mapped, or is empty
   */
  public MappedFile map(Path file) {
    if (arena == null) {
      throw new IllegalStateException("this builder has built its checkpoint");
    }
    return MappedFile.map(file, arena);
  }

  /**
   * Adds a tensor whose elements lie row-major at {@code offset}. Names in the spelling of Hugging
   * Face become the original ones.
   *
   * @throws CheckpointException if it reaches beyond the file, its rows are no whole blocks, or
   *     there is one of this name already
   */
  public void add(MappedFile file, String name, DType dtype, Shape shape, long offset) {
    String original = TensorNames.original(name);
    if (tensors.containsKey(original)) {
      throw new CheckpointException(
          file.path(),
          name,
          "there is a second tensor of this name"
              + (name.equals(original) ? "" : ", which stands for '" + original + "'"),
          null);
    }
    if (tensors.size() == MAX_TENSORS) {
      throw new CheckpointException(
          file.path(), "holds more than " + MAX_TENSORS + " tensors: no model has as many");
    }
    try {
      long size = dtype.bytes(shape.elements());
      if (offset < 0 || offset > file.size() - size) {
        throw new CheckpointException(
            file.path(),
            name,
            "%s %s should take %d bytes from byte %d on, but the file has %d: it is cut off or damaged"
                .formatted(dtype.label(), shape, size, offset, file.size()),
            null);
      }
      tensors.put(
          original,
          TensorView.of(original, dtype, shape, file.slice(offset, size, "tensor " + name)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new CheckpointException(
          file.path(), name, "a shape that cannot be: " + e.getMessage(), e);
    }
  }

  /** States a fact beside the tensors; what an earlier shard has stated stays. */
  public void metadata(String key, String value) {
    metadata.putIfAbsent(key, value);
  }

  /** The tensors so far, by their original names. */
  public Map<String, TensorView> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The number of layers that the names speak of: one more than the highest block. */
  public long layers() {
    return TensorNames.layers(tensors.keySet());
  }

  /** The names so far, in order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /**
   * The checkpoint, which now owns the mappings.
   *
   * @throws CheckpointException if there is no tensor
   */
  public Checkpoint build(String format) {
    if (arena == null) {
      throw new IllegalStateException("this builder has built its checkpoint");
    }
    if (tensors.isEmpty()) {
      throw new CheckpointException(source, "holds no tensors (" + format + ")");
    }
    Checkpoint checkpoint = new MappedCheckpoint(source, format, tensors, metadata, arena);
    arena = null;
    return checkpoint;
  }

  @Override
  public void close() {
    if (arena != null) {
      arena.close();
      arena = null;
    }
  }
}

package dev.rwkv.checkpoint.format.pth;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.FileFormat;
import dev.rwkv.checkpoint.format.MappedFile;
import dev.rwkv.error.CheckpointException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code torch.save} wrote before PyTorch 1.6, and still does when asked to.
 *
 * <pre>
 * five pickles: the magic number, the protocol (1001), {"little_endian": True, …}, the state dict,
 *               the list of the storages' keys
 * then per key: i64 number of elements, the elements
 * </pre>
 */
public final class LegacyPthFormat extends FileFormat {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final int PROTOCOL = 1001;
  private static final int PICKLE = 0x80;
  private static final int HIGHEST_PICKLE_PROTOCOL = 5;

  @Override
  public String name() {
    return "pth (legacy)";
  }

  /**
   * A pickle, whichever: those that are not of torch are refused with a better reason than being
   * unknown.
   */
  @Override
  public boolean recognises(Path path, ByteBuffer head) {
    return head.limit() > 2
        && (head.get(0) & 0xff) == PICKLE
        && head.get(1) >= 2
        && head.get(1) <= HIGHEST_PICKLE_PROTOCOL
        // The length of a safetensors header may begin with the same two bytes.
        && !(head.limit() > Long.BYTES
            && head.get(Long.BYTES) == '{'
            && head.getLong(0) >>> 32 == 0);
  }

  @Override
  public void read(Path file, CheckpointBuilder builder) {
    MappedFile mapped = builder.map(file);
    int shown = (int) Math.min(mapped.size(), TorchUnpickler.MAX_PICKLE_BYTES);
    ByteArrayInputStream in = new ByteArrayInputStream(mapped.copy(0, shown, "the pickles"));
    TorchUnpickler unpickler = new TorchUnpickler(file);
    if (!MAGIC.equals(unpickler.next(in))) {
      throw new CheckpointException(file, "a pickle, but not one that torch.save wrote");
    }
    Object protocol = unpickler.next(in);
    if (!Integer.valueOf(PROTOCOL).equals(protocol)) {
      throw new CheckpointException(
          file, "not of protocol " + PROTOCOL + ", the only one of the legacy format");
    }
    if (!(unpickler.next(in) instanceof PickledDict system
        && Boolean.TRUE.equals(system.items().get("little_endian")))) {
      throw new CheckpointException(file, "not written little-endian, so it cannot be mapped");
    }
    Object root = unpickler.next(in);
    Object keys = unpickler.next(in);
    Map<String, Long> starts = starts(mapped, storages(file, root), keys, shown - in.available());
    StateDict.addTo(builder, root, mapped, storage -> start(file, storage, starts));
  }

  /** The storages that the tensors refer to, by key. */
  private static Map<String, Storage> storages(Path file, @Nullable Object root) {
    Map<String, Storage> storages = new HashMap<>();
    if (root instanceof PickledDict dict) {
      for (Object item : dict.items().values()) {
        if (item instanceof PickledTensor tensor) {
          Storage storage = tensor.storage();
          if (!storage.equals(storages.computeIfAbsent(storage.key(), key -> storage))) {
            throw new CheckpointException(
                file, "two tensors disagree about type or size of storage '" + storage.key() + "'");
          }
        }
      }
    }
    return storages;
  }

  /** Walks through the storages, of which each says its size, from byte {@code at} to the end. */
  private static Map<String, Long> starts(
      MappedFile file, Map<String, Storage> storages, @Nullable Object keys, long at) {
    if (!(keys instanceof List<?> list)) {
      throw new CheckpointException(file.path(), "the list of its storages is damaged");
    }
    Map<String, Long> starts = new LinkedHashMap<>();
    for (Object key : list) {
      Storage storage = key instanceof String name ? storages.get(name) : null;
      if (storage == null) {
        throw new CheckpointException(
            file.path(), "the list of its storages names one that no tensor uses");
      }
      String what = "storage '" + storage.key() + "'";
      long elements = file.getLong(at, what);
      if (elements != storage.elements()) {
        throw new CheckpointException(
            file.path(),
            "%s has %d elements; %d were expected".formatted(what, elements, storage.elements()));
      }
      file.slice(at + Long.BYTES, storage.bytes(), what);
      if (starts.put(storage.key(), at + Long.BYTES) != null) {
        throw new CheckpointException(file.path(), what + " is listed twice");
      }
      at += Long.BYTES + storage.bytes();
    }
    if (at != file.size()) {
      throw new CheckpointException(
          file.path(), (file.size() - at) + " bytes follow the last storage");
    }
    return starts;
  }

  private static long start(Path file, Storage storage, Map<String, Long> starts) {
    Long start = starts.get(storage.key());
    if (start == null) {
      throw new CheckpointException(file, "storage '" + storage.key() + "' is missing");
    }
    return start;
  }
}

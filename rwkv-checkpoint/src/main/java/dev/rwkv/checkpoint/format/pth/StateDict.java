package dev.rwkv.checkpoint.format.pth;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.MappedFile;
import dev.rwkv.error.CheckpointException;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Turns the dict of tensors that torch pickled into the tensors of a checkpoint. */
final class StateDict {
  private StateDict() {}

  /**
   * Adds every tensor of {@code root}.
   *
   * @param root what the pickle came to
   * @param file where the storages lie
   * @param storageStart the byte of the file where a storage begins, after checking that all of it
   *     lies in the file
   * @throws CheckpointException if it is no dict of tensors, or a tensor is not row-major or
   *     reaches beyond its storage
   */
  static void addTo(
      CheckpointBuilder builder,
      @Nullable Object root,
      MappedFile file,
      ToLongFunction<Storage> storageStart) {
    if (!(root instanceof PickledDict dict)) {
      throw new CheckpointException(
          file.path(), "holds no dict of tensors: save the model's state_dict()");
    }
    for (Map.Entry<String, @Nullable Object> item : dict.items().entrySet()) {
      String name = item.getKey();
      if (!(item.getValue() instanceof PickledTensor tensor)) {
        throw new CheckpointException(
            file.path(),
            name,
            "is no tensor: a training checkpoint? save the model's state_dict() alone",
            null);
      }
      check(file, name, tensor);
      Storage storage = tensor.storage();
      builder.add(
          file,
          name,
          storage.type().dtype(),
          tensor.shape(),
          storageStart.applyAsLong(storage)
              + tensor.offset() * storage.type().dtype().blockBytes());
    }
  }

  private static void check(MappedFile file, String name, PickledTensor tensor) {
    if (!tensor.isContiguous()) {
      throw new CheckpointException(
          file.path(),
          name,
          "shape %s with strides %s is not row-major: save tensor.contiguous()"
              .formatted(tensor.shape(), tensor.strides()),
          null);
    }
    long elements = tensor.storage().elements();
    if (tensor.offset() < 0 || tensor.offset() > elements - tensor.shape().elements()) {
      throw new CheckpointException(
          file.path(),
          name,
          "shape %s from element %d on reaches beyond the %d elements of storage '%s'"
              .formatted(tensor.shape(), tensor.offset(), elements, tensor.storage().key()),
          null);
    }
  }
}

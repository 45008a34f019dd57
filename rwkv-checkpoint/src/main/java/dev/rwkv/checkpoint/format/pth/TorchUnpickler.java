package dev.rwkv.checkpoint.format.pth;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pickles of torch, and nothing else.
 *
 * <p>The library's unpickler constructs what a pickle names out of a registry that the whole JVM
 * shares, and calls {@code __setstate__} by reflection. Here every instruction passes {@link
 * #dispatch}: names, calls, dicts and state are handled in this class; the library handles numbers,
 * text, tuples, lists and the memo; and all that remains is refused. So nothing is looked up in the
 * registry, and nothing is added to it.
 *
 * <p>What comes out is made of {@link PickledDict}, {@link PickledTensor}, {@link Storage}, {@link
 * StorageType}, {@code Object[]} (a tuple), lists, strings, numbers, booleans and null.
 *
 * <p>For one thread, and one container.
 */
final class TorchUnpickler extends Unpickler {
  /**
   * Ten times that of the largest RWKV-4 model. One byte of a hostile pickle can become about a
   * hundred on the heap.
   */
  static final int MAX_PICKLE_BYTES = 2 << 20;

  private static final String ORDERED_DICT = "collections.OrderedDict";
  private static final String REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2";

  /** More dimensions than any tensor of a model has. */
  private static final int MAX_RANK = 8;

  /** Those that torch writes, with pickle protocols 2 to 5, and that the library may handle. */
  private static final Set<Short> LEFT_TO_LIBRARY =
      Set.of(
          Opcodes.PROTO,
          Opcodes.FRAME,
          Opcodes.STOP,
          Opcodes.MARK,
          Opcodes.NONE,
          Opcodes.NEWTRUE,
          Opcodes.NEWFALSE,
          Opcodes.BININT,
          Opcodes.BININT1,
          Opcodes.BININT2,
          Opcodes.LONG1,
          Opcodes.BINFLOAT,
          Opcodes.SHORT_BINUNICODE,
          Opcodes.EMPTY_TUPLE,
          Opcodes.TUPLE,
          Opcodes.TUPLE1,
          Opcodes.TUPLE2,
          Opcodes.TUPLE3,
          Opcodes.EMPTY_LIST,
          Opcodes.APPEND,
          Opcodes.APPENDS,
          Opcodes.BINPUT,
          Opcodes.LONG_BINPUT,
          Opcodes.MEMOIZE,
          Opcodes.BINGET,
          Opcodes.LONG_BINGET,
          Opcodes.BINPERSID);

  private enum Callable {
    NEW_ORDERED_DICT,
    REBUILD_TENSOR
  }

  private final Path file;

  /**
   * An unpickler.
   *
   * @param file the container, for messages
   */
  TorchUnpickler(Path file) {
    this.file = file;
  }

  /**
   * Reads the next pickle of {@code in} and leaves {@code in} behind it.
   *
   * @throws CheckpointException if it is damaged, or names what is not allowed
   */
  @Nullable Object next(ByteArrayInputStream in) {
    int before = in.available();
    try {
      return load(in);
    } catch (CheckpointException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library answers a damaged pickle with whatever its casts and indices come to.
      throw new CheckpointException(
          file,
          "the pickle is damaged near its byte %d: its instructions do not fit together (%s)"
              .formatted(before - in.available(), e.getClass().getSimpleName()),
          e);
    }
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    switch (opcode) {
      case Opcodes.GLOBAL -> stack.add(allowed(line(), line()));
      case Opcodes.STACK_GLOBAL -> {
        // Casts, not String.valueOf: the text of a list that holds itself has no end.
        String name = (String) stack.pop();
        stack.add(allowed((String) stack.pop(), name));
      }
      case Opcodes.INST -> throw refused(line() + "." + line());
      case Opcodes.EMPTY_DICT -> stack.add(new PickledDict(false));
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        putItems(List.of(stack.pop()), value);
      }
      case Opcodes.SETITEMS -> putItems(stack.pop_all_since_marker());
      case Opcodes.REDUCE -> {
        Object arguments = stack.pop();
        stack.add(call(stack.pop(), arguments));
      }
      case Opcodes.BUILD -> build();
      case Opcodes.BINUNICODE -> {
        requireCounted();
        return super.dispatch(opcode);
      }
      default -> {
        if (!LEFT_TO_LIBRARY.contains(opcode)) {
          throw new CheckpointException(
              file,
              "refused: the pickle uses instruction 0x%02x, which a checkpoint of torch does not need"
                  .formatted(opcode));
        }
        return super.dispatch(opcode);
      }
    }
    return NO_RETURN_VALUE;
  }

  private String line() throws IOException {
    return PickleUtils.readline(input);
  }

  private Object allowed(String module, String name) {
    String full = module + "." + name;
    if (full.equals(ORDERED_DICT)) {
      return Callable.NEW_ORDERED_DICT;
    }
    if (full.equals(REBUILD_TENSOR)) {
      return Callable.REBUILD_TENSOR;
    }
    for (StorageType type : StorageType.values()) {
      if (full.equals(type.pickledName())) {
        return type;
      }
    }
    throw refused(full);
  }

  private CheckpointException refused(String name) {
    return new CheckpointException(
        file,
        "refused: the pickle names %s; a checkpoint may name only %s, %s and %s"
            .formatted(
                name,
                ORDERED_DICT,
                REBUILD_TENSOR,
                "torch.FloatStorage, torch.HalfStorage, torch.BFloat16Storage"));
  }

  /** Refuses a counted text that is longer than the stream before the library makes room for it. */
  private void requireCounted() throws IOException {
    input.mark(Integer.BYTES);
    long length = PickleUtils.bytes_to_uint(PickleUtils.readbytes(input, Integer.BYTES), 0);
    if (length > input.available()) {
      throw new CheckpointException(
          file,
          "the pickle is damaged: a text of %d bytes where %d are left"
              .formatted(length, input.available()));
    }
    input.reset();
  }

  private void putItems(List<?> key, @Nullable Object value) {
    List<@Nullable Object> items = new ArrayList<>(key);
    items.add(value);
    putItems(items);
  }

  private void putItems(List<?> items) {
    PickledDict dict = (PickledDict) stack.peek();
    for (int i = 0; i < items.size(); i += 2) {
      String key = (String) items.get(i);
      if (dict.items().containsKey(key)) {
        throw new CheckpointException(file, "the pickle sets '" + key + "' twice");
      }
      dict.items().put(key, items.get(i + 1));
    }
  }

  /**
   * The state of an OrderedDict is what a module's {@code state_dict()} notes about its versions,
   * {@code _metadata}: read, and dropped.
   */
  private void build() {
    Object state = stack.pop();
    if (!(stack.peek() instanceof PickledDict dict
        && dict.isOrdered()
        && state instanceof PickledDict)) {
      throw new CheckpointException(
          file, "refused: the pickle sets the state of something that is no OrderedDict");
    }
  }

  private Object call(@Nullable Object callable, @Nullable Object arguments) {
    if (callable == Callable.NEW_ORDERED_DICT && arguments instanceof Object[] a && a.length == 0) {
      return new PickledDict(true);
    }
    if (callable == Callable.REBUILD_TENSOR
        && arguments instanceof Object[] a
        && (a.length == 6 || a.length == 7)
        && a[0] instanceof Storage storage
        && a[2] instanceof Object[] sizes
        && a[3] instanceof Object[] strides
        && sizes.length == strides.length
        && sizes.length <= MAX_RANK
        && isEmpty(a[5])
        && (a.length == 6 || isEmpty(a[6]))) {
      long[] dims = new long[sizes.length];
      List<Long> steps = new ArrayList<>();
      for (int i = 0; i < dims.length; i++) {
        dims[i] = number(sizes[i]);
        steps.add(number(strides[i]));
      }
      return new PickledTensor(storage, number(a[1]), Shape.of(dims), steps);
    }
    throw new CheckpointException(
        file, "refused: the pickle calls something with arguments that a tensor does not have");
  }

  /** Hooks and metadata (conjugated, negative): a weight has none. */
  private static boolean isEmpty(@Nullable Object dict) {
    return dict == null || (dict instanceof PickledDict d && d.items().isEmpty());
  }

  /** The storage that {@code ('storage', type, key, device, elements)} stands for. */
  @Override
  protected Object persistentLoad(@Nullable Object pid) {
    if (pid instanceof Object[] id
        && (id.length == 5 || id.length == 6)
        && "storage".equals(id[0])
        && id[1] instanceof StorageType type
        && id[2] instanceof String key
        && number(id[4]) >= 0) {
      if (id.length == 6 && id[5] != null) {
        throw new CheckpointException(
            file, "storage '" + key + "' is a view of another, which is not supported");
      }
      return new Storage(type, key, number(id[4]));
    }
    throw new CheckpointException(
        file, "the pickle is damaged: something outside of it is no storage");
  }

  private static long number(@Nullable Object value) {
    return switch (value) {
      case Integer i -> i;
      case Long l -> l;
      case null, default -> throw new ClassCastException("no whole number of 64 bits");
    };
  }
}

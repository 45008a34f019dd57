package dev.rwkv;

import dev.rwkv.error.StateException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Where a session was: an immutable value on the host, in the canonical layout of its architecture,
 * tied to its model. What one backend saved, another can resume.
 *
 * <p>Safe for any thread; needs no closing.
 */
public final class State {
  /** How a float is stored in {@link #data()}. */
  public static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** How a double is stored in {@link #data()}. */
  public static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final StateLayout layout;
  private final Fingerprint fingerprint;
  private final DType dtype;
  private final MemorySegment data;

  private State(StateLayout layout, Fingerprint fingerprint, DType dtype, MemorySegment data) {
    this.layout = layout;
    this.fingerprint = fingerprint;
    this.dtype = dtype;
    this.data = data.asReadOnly();
  }

  /**
   * A state with a copy of {@code data}.
   *
   * @param dtype {@link DType#F32}, or {@link DType#F64} from the oracle
   * @param data all components in the layout's order, little-endian
   * @throws StateException if the type is another or the size is not the layout's
   */
  public static State copyOf(
      StateLayout layout, Fingerprint fingerprint, DType dtype, MemorySegment data) {
    checkType(dtype);
    if (data.byteSize() != layout.bytes(dtype)) {
      throw new StateException(
          "a "
              + layout
              + " takes "
              + layout.bytes(dtype)
              + " bytes as "
              + dtype.label()
              + ", not "
              + data.byteSize());
    }
    MemorySegment segment = MemorySegment.ofArray(new byte[arrayLength(data.byteSize())]);
    segment.copyFrom(data);
    return new State(layout, fingerprint, dtype, segment);
  }

  private static void checkType(DType dtype) {
    if (dtype != DType.F32 && dtype != DType.F64) {
      throw new StateException("a state holds f32 or f64, not " + dtype.label());
    }
  }

  private static int arrayLength(long length) {
    if (length > Integer.MAX_VALUE - 8) {
      throw new StateException("a state of " + length + " bytes does not fit an array");
    }
    return (int) length;
  }

  /** The state at the start of a text. */
  public static State initial(StateLayout layout, Fingerprint fingerprint, DType dtype) {
    checkType(dtype);
    double[] values = new double[arrayLength(layout.bytes(dtype)) / dtype.blockBytes()];
    int at = 0;
    for (StateLayout.Component component : layout.components()) {
      int end = at + (int) component.shape().elements();
      Arrays.fill(values, at, end, component.initial());
      at = end;
    }
    return ofValues(layout, fingerprint, dtype, values);
  }

  /**
   * A state with these values, rounded to {@code dtype}.
   *
   * @param dtype {@link DType#F32} or {@link DType#F64}
   * @param values all components in the layout's order
   * @throws StateException if the type is another or the length is not the layout's
   */
  public static State ofValues(
      StateLayout layout, Fingerprint fingerprint, DType dtype, double[] values) {
    checkType(dtype);
    MemorySegment segment =
        MemorySegment.ofArray(new byte[arrayLength(dtype.bytes(values.length))]);
    for (int i = 0; i < values.length; i++) {
      if (dtype == DType.F32) {
        segment.set(FLOAT, 4L * i, (float) values[i]);
      } else {
        segment.set(DOUBLE, 8L * i, values[i]);
      }
    }
    return copyOf(layout, fingerprint, dtype, segment);
  }

  /** The components and their order. */
  public StateLayout layout() {
    return layout;
  }

  /** The model that the state belongs to. */
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /** The type of every element: {@link DType#F32} or {@link DType#F64}. */
  public DType dtype() {
    return dtype;
  }

  /** All components in the layout's order, read-only, little-endian, not copied. */
  public MemorySegment data() {
    return data;
  }

  /**
   * One component.
   *
   * @throws IllegalArgumentException if the layout has none of that name
   */
  public TensorView component(String name) {
    StateLayout.Component component = layout.component(name);
    return TensorView.of(
        name,
        dtype,
        component.shape(),
        data.asSlice(dtype.bytes(layout.offset(name)), dtype.bytes(component.shape().elements())));
  }

  /** All components in the layout's order, as doubles, in a new array. */
  public double[] toDoubles() {
    double[] values = new double[(int) layout.elements()]; // the bytes fit an array, so do these
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype == DType.F32 ? data.get(FLOAT, 4L * i) : data.get(DOUBLE, 8L * i);
    }
    return values;
  }

  /** Two states are equal when model, layout, type and every bit agree. */
  @Override
  public boolean equals(Object other) {
    return other instanceof State state
        && fingerprint.equals(state.fingerprint)
        && dtype == state.dtype
        && layout.equals(state.layout)
        && data.mismatch(state.data) < 0;
  }

  @Override
  public int hashCode() {
    return Objects.hash(fingerprint, dtype, Arrays.hashCode(toDoubles()));
  }

  @Override
  public String toString() {
    return layout + " as " + dtype.label() + " of model " + fingerprint;
  }
}

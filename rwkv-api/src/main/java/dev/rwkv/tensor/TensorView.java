package dev.rwkv.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A named, typed, read-only window on memory that somebody else owns, usually a mapped file.
 *
 * <p>Immutable and safe for any thread. Using it after its owner was closed throws {@link
 * IllegalStateException}; it never crashes. Reading copies; {@link #data()} does not.
 */
public final class TensorView {
  private static final int CHUNK = 4096;

  private final String name;
  private final DType dtype;
  private final Shape shape;
  private final MemorySegment data;

  private TensorView(String name, DType dtype, Shape shape, MemorySegment data) {
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }

  /**
   * A view of {@code data}.
   *
   * @param data exactly the bytes of the tensor, row-major, little-endian, at any alignment
   * @throws IllegalArgumentException if the segment's size is not that of the shape, or a quantised
   *     tensor's rows are not whole blocks
   */
  public static TensorView of(String name, DType dtype, Shape shape, MemorySegment data) {
    Objects.requireNonNull(name, "name");
    if (dtype.isQuantised()
        && (shape.rank() == 0 || shape.dim(shape.rank() - 1) % dtype.blockElements() != 0)) {
      throw new IllegalArgumentException(
          "rows of shape "
              + shape
              + " are not whole "
              + dtype.label()
              + " blocks of "
              + dtype.blockElements());
    }
    long expected;
    try {
      expected = dtype.bytes(shape.elements());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "the number of bytes of " + dtype.label() + " " + shape + " does not fit 64 bits", e);
    }
    if (data.byteSize() != expected) {
      throw new IllegalArgumentException(
          dtype.label() + " " + shape + " takes " + expected + " bytes, not " + data.byteSize());
    }
    return new TensorView(name, dtype, shape, data.asReadOnly());
  }

  /** The same elements under another name. */
  public TensorView named(String newName) {
    return new TensorView(newName, dtype, shape, data);
  }

  /** The name, in the spelling of the original RWKV checkpoints. */
  public String name() {
    return name;
  }

  /** How the elements are stored. */
  public DType dtype() {
    return dtype;
  }

  /** The dimensions. */
  public Shape shape() {
    return shape;
  }

  /** The stored bytes, read-only, not copied. */
  public MemorySegment data() {
    return data;
  }

  /** Element {@code index} in row-major order, decoded exactly. */
  public double get(long index) {
    double[] one = new double[1];
    copyTo(index, one, 0, 1);
    return one[0];
  }

  /**
   * Decodes elements {@code [from, from + count)}, in row-major order, exactly.
   *
   * @throws IndexOutOfBoundsException if either range is out of bounds
   */
  public void copyTo(long from, double[] destination, int offset, int count) {
    Objects.checkFromIndexSize(from, count, shape.elements());
    Objects.checkFromIndexSize(offset, count, destination.length);
    dtype.decode(data, from, destination, offset, count);
  }

  /**
   * Decodes elements {@code [from, from + count)}, in row-major order, each rounded to the nearest
   * float.
   *
   * @throws IndexOutOfBoundsException if either range is out of bounds
   */
  public void copyTo(long from, float[] destination, int offset, int count) {
    Objects.checkFromIndexSize(from, count, shape.elements());
    Objects.checkFromIndexSize(offset, count, destination.length);
    double[] exact = new double[Math.min(count, CHUNK)];
    for (int done = 0; done < count; done += exact.length) {
      int part = Math.min(exact.length, count - done);
      dtype.decode(data, from + done, exact, 0, part);
      for (int i = 0; i < part; i++) {
        destination[offset + done + i] = (float) exact[i];
      }
    }
  }

  /**
   * All elements, decoded exactly.
   *
   * @throws IllegalArgumentException if there are more than an array can hold
   */
  public double[] toDoubles() {
    double[] all = new double[length()];
    copyTo(0, all, 0, all.length);
    return all;
  }

  /**
   * All elements, each rounded to the nearest float.
   *
   * @throws IllegalArgumentException if there are more than an array can hold
   */
  public float[] toFloats() {
    float[] all = new float[length()];
    copyTo(0, all, 0, all.length);
    return all;
  }

  private int length() {
    if (shape.elements() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "tensor '" + name + "' " + shape + " is too large for one array: read it in parts");
    }
    return (int) shape.elements();
  }

  /** The index of the first NaN or infinity, or −1. Reads the whole tensor. */
  public long firstNonFinite() {
    double[] part = new double[CHUNK];
    for (long from = 0; from < shape.elements(); from += CHUNK) {
      int count = (int) Math.min(CHUNK, shape.elements() - from);
      dtype.decode(data, from, part, 0, count);
      for (int i = 0; i < count; i++) {
        if (!Double.isFinite(part[i])) {
          return from + i;
        }
      }
    }
    return -1;
  }

  /** For example {@code emb.weight: bf16 [50277, 768]}. */
  @Override
  public String toString() {
    return name + ": " + dtype.label() + " " + shape;
  }
}

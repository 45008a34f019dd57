package dev.rwkv.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class TensorViewTest {

  private static TensorView floats(float... values) {
    return TensorView.of("t", DType.F32, Shape.of(values.length), memory(values));
  }

  private static MemorySegment memory(float... values) {
    MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, Float.floatToRawIntBits(values[i]));
    }
    return data;
  }

  @Example
  void aViewTakesExactlyItsBytes() {
    MemorySegment data = MemorySegment.ofArray(new byte[24]);
    assertThat(TensorView.of("t", DType.F16, Shape.of(3, 4), data).toDoubles()).hasSize(12);
    assertThatThrownBy(() -> TensorView.of("t", DType.F16, Shape.of(3, 5), data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes 30 bytes, not 24");
    assertThatThrownBy(() -> TensorView.of("t", DType.F64, Shape.of(1L << 40, 1L << 22), data))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Example
  void rowsOfQuantisedTensorsAreWholeBlocks() {
    MemorySegment data = MemorySegment.ofArray(new byte[18 * 2]);
    assertThat(TensorView.of("t", DType.Q4_0, Shape.of(2, 32), data).shape().rank()).isEqualTo(2);
    // 64 elements are two blocks, but rows of 16 would be cut.
    assertThatThrownBy(() -> TensorView.of("t", DType.Q4_0, Shape.of(4, 16), data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blocks of 32");
    assertThatThrownBy(() -> TensorView.of("t", DType.Q4_0, Shape.of(), data))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Example
  void rangesOutOfBoundsAreRefused() {
    TensorView view = floats(1, 2, 3);
    for (int[] range : new int[][] {{-1, 1}, {0, 4}, {3, 1}, {1, -1}, {Integer.MAX_VALUE, 2}}) {
      assertThatThrownBy(() -> view.copyTo(range[0], new double[9], 0, range[1]))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> view.copyTo(range[0], new float[9], 0, range[1]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> view.copyTo(0, new double[2], 0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> view.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Example
  void theBytesCannotBeWrittenThroughIt() {
    TensorView view = floats(1);
    assertThat(view.data().isReadOnly()).isTrue();
  }

  @Example
  void afterItsOwnerClosedItThrowsAndDoesNotCrash() {
    TensorView view;
    try (Arena arena = Arena.ofShared()) {
      view = TensorView.of("t", DType.F32, Shape.of(4), arena.allocate(16));
    }
    assertThatThrownBy(view::toDoubles).isInstanceOf(IllegalStateException.class);
  }

  @Example
  void theFirstNonFiniteElementIsFoundAtAnyPlace() {
    for (int at : new int[] {0, 1, 4095, 4096, 9999}) {
      float[] values = new float[10_000];
      values[at] = at % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
      values[9999] = Float.NaN;
      assertThat(floats(values).firstNonFinite()).isEqualTo(at);
    }
    assertThat(floats(new float[5000]).firstNonFinite()).isEqualTo(-1);
    assertThat(floats().firstNonFinite()).isEqualTo(-1);
  }

  @Example
  void namesAndTextTellWhatItIs() {
    TensorView view = floats(1, 2).named("emb.weight");
    assertThat(view).hasToString("emb.weight: f32 [2]");
    assertThat(view.toFloats()).containsExactly(1, 2);
  }

  @Property
  void aShapeHasTheProductOfItsDimensionsOrIsRefused(
      @ForAll @Size(max = 5) List<@LongRange(min = -1, max = Long.MAX_VALUE) Long> drawn) {
    long[] dims = drawn.stream().mapToLong(Long::longValue).toArray();
    BigInteger product =
        Arrays.stream(dims)
            .mapToObj(BigInteger::valueOf)
            .reduce(BigInteger.ONE, BigInteger::multiply);
    boolean valid = Arrays.stream(dims).allMatch(dim -> dim >= 0) && product.bitLength() < 64;
    if (valid) {
      Shape shape = Shape.of(dims);
      assertThat(shape.elements()).isEqualTo(product.longValueExact());
      assertThat(shape.toArray()).isEqualTo(dims);
      assertThat(shape.rank()).isEqualTo(dims.length);
      assertThat(shape).isEqualTo(Shape.of(dims.clone())).hasSameHashCodeAs(Shape.of(dims.clone()));
      assertThat(shape.squeeze().elements()).isEqualTo(shape.elements());
      assertThat(shape.sameSqueezed(shape.squeeze())).isTrue();
    } else {
      assertThatThrownBy(() -> Shape.of(dims)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Example
  void shapesAreValues() {
    long[] dims = {1, 1, 7};
    Shape shape = Shape.of(dims);
    dims[2] = 8;
    shape.toArray()[0] = 9;
    assertThat(shape).isEqualTo(Shape.of(1, 1, 7)).hasToString("[1, 1, 7]");
    assertThat(shape.squeeze()).isEqualTo(Shape.of(7));
    assertThat(shape.sameSqueezed(Shape.of(7, 1))).isTrue();
    assertThat(Shape.of(2, 3).sameSqueezed(Shape.of(3, 2))).isFalse();
    assertThat(Shape.of().elements()).isEqualTo(1);
    assertThat(Shape.of(0, Long.MAX_VALUE, Long.MAX_VALUE).elements()).isZero();
  }

  @Property
  void bytesOfATypeFollowFromItsBlocks(
      @ForAll DType type, @ForAll @LongRange(min = -3, max = Long.MAX_VALUE) long elements) {
    BigInteger exact =
        BigInteger.valueOf(elements)
            .multiply(BigInteger.valueOf(type.blockBytes()))
            .divide(BigInteger.valueOf(type.blockElements()));
    if (elements < 0 || elements % type.blockElements() != 0) {
      assertThatThrownBy(() -> type.bytes(elements)).isInstanceOf(IllegalArgumentException.class);
    } else if (exact.bitLength() > 63) {
      assertThatThrownBy(() -> type.bytes(elements)).isInstanceOf(ArithmeticException.class);
    } else {
      assertThat(type.bytes(elements)).isEqualTo(exact.longValueExact());
    }
  }

  @Example
  void typesAreFoundByTheirLabelsInAnyCase() {
    assertThat(DType.ofLabel("q5_1")).contains(DType.Q5_1);
    assertThat(DType.ofLabel("BF16")).contains(DType.BF16);
    assertThat(DType.ofLabel("f8")).isEmpty();
    assertThat(DType.labels()).contains("f32").contains("q8_0");
    assertThat(DType.Q4_0.bitsPerElement()).isEqualTo(4.5);
    assertThat(DType.Q8_0.bitsPerElement()).isEqualTo(8.5);
    assertThat(DType.I64.isReal()).isFalse();
  }
}

package dev.rwkv.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlainEncodersTest {
  private static final Path FILE = Path.of("model.pth");

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void everyStoredNumberComesBackAsItself(DType dtype) {
    double[] all = every(dtype);
    TensorView encoded = convert(dtype, all);
    for (int bits = 0; bits < 1 << 16; bits++) {
      short expected = (short) bits;
      short actual = encoded.data().getAtIndex(ValueLayout.JAVA_SHORT, bits);
      if (Double.isNaN(all[bits])) {
        assertThat(encoded.get(bits)).as("%x", bits).isNaN();
      } else {
        assertThat(actual).as("%x", bits).isEqualTo(expected);
      }
    }
  }

  /** Neighbours in bits are neighbours in value: between each two, exact half-way is decisive. */
  @ParameterizedTest
  @CsvSource({"F16,31744", "BF16,32640"})
  void roundsToTheNearestAndTiesToEven(DType dtype, int infinity) {
    double[] all = every(dtype);
    for (int low = 0; low < infinity - 1; low++) {
      double half = (all[low] + all[low + 1]) / 2;
      int even = (low & 1) == 0 ? low : low + 1;
      double[] points = {half, Math.nextDown(half), Math.nextUp(half), -half};
      TensorView encoded = convert(dtype, points);
      assertThat(encoded.get(0)).as("tie above %x", low).isEqualTo(all[even]);
      assertThat(encoded.get(1)).as("below the tie above %x", low).isEqualTo(all[low]);
      assertThat(encoded.get(2)).as("beyond the tie above %x", low).isEqualTo(all[low + 1]);
      assertThat(encoded.get(3)).as("tie below −%x", low).isEqualTo(-all[even]);
    }
  }

  @Property
  void f32RoundsAsTheLanguageDoes(@ForAll double value) {
    if (Math.abs(value) <= Float.MAX_VALUE) {
      assertThat(convert(DType.F32, value).get(0)).isEqualTo((double) (float) value);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F16, 65519.99999999999, 65504",
    "F16, 65520,",
    "F16, -65520,",
    "F16, 1e30,",
    "BF16, 3.3895313892515355e38, 3.3895313892515355e38",
    "BF16, 3.4028234663852886e38,",
    "BF16, 1e39,",
    "F32, 1e39,",
    "F32, 3.4028234663852886e38, 3.4028234663852886e38"
  })
  void aFiniteNumberNeverBecomesInfinite(DType dtype, double value, Double expected) {
    if (expected != null) {
      assertThat(convert(dtype, value).get(0)).isEqualTo(expected);
      return;
    }
    assertThatThrownBy(() -> convert(dtype, 0, 1, value))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> {
              assertThat(e.file()).isEqualTo(FILE);
              assertThat(e.tensor()).contains("weights");
              assertThat(e.getMessage())
                  .contains("element 2")
                  .contains("too large")
                  .contains(dtype.label());
            });
  }

  @Test
  void infinitiesAndNanPassAsTheyAre() {
    for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
      TensorView encoded =
          convert(dtype, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0);
      assertThat(encoded.toDoubles())
          .containsExactly(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0);
    }
  }

  @Test
  void aNanWhoseLastBitsAloneSaySoStaysOne() {
    double nan = Float.intBitsToFloat(0x7f800001);
    assertThat(convert(DType.BF16, nan).get(0)).isNaN();
    assertThat(convert(DType.F16, nan).get(0)).isNaN();
  }

  private static double[] every(DType dtype) {
    MemorySegment bits = Arena.ofAuto().allocate(2L << 16, 8);
    for (int i = 0; i < 1 << 16; i++) {
      bits.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
    }
    return TensorView.of("all", dtype, Shape.of(1 << 16), bits).toDoubles();
  }

  private static TensorView convert(DType dtype, double... values) {
    MemorySegment data = Arena.ofAuto().allocate(8L * values.length, 8);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_DOUBLE, 0, values.length);
    TensorView source = TensorView.of("weights", DType.F64, Shape.of(values.length), data);
    return Quantiser.convert(FILE, source, dtype, Arena.ofAuto());
  }
}

package dev.rwkv.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That the bytes are rwkv.cpp's is checked on whole files, in ConversionTest. */
class BlockEncodersTest {
  private static final Path FILE = Path.of("model.pth");

  /**
   * With the exact step d: rounding to an integer is off by d/2, and where the largest magnitude
   * has no counterpart of the other sign, by up to d. Storing d (and the minimum m) as f16 moves
   * the decoded value by |q|·|d|·2⁻¹¹ + |m|·2⁻¹¹, or by 2⁻²⁵ each below f16's normal range. The
   * single-precision arithmetic adds a few units of 2⁻²⁴ of the block's magnitude.
   */
  @Property(tries = 2000)
  void noElementIsFurtherOffThanTheStepAllows(
      @ForAll("quantised") DType dtype, @ForAll("blocks") float[] block) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (float value : block) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    double magnitude = Math.max(Math.abs(min), Math.abs(max));
    boolean affine = dtype == DType.Q4_1 || dtype == DType.Q5_1;
    int levels =
        switch (dtype) {
          case Q4_0 -> 8;
          case Q5_0 -> 16;
          case Q8_0 -> 127;
          case Q4_1 -> 15;
          default -> 31;
        };
    double step = affine ? (max - min) / levels : magnitude / levels;
    double stored = Math.max(step * 0x1p-11, 0x1p-25) * levels;
    double minimum = affine ? Math.max(Math.abs(min) * 0x1p-11, 0x1p-25) : 0;
    double arithmetic = 8 * magnitude * 0x1p-24;

    TensorView encoded = convert(dtype, block);
    for (int i = 0; i < block.length; i++) {
      boolean otherEnd =
          (dtype == DType.Q4_0 || dtype == DType.Q5_0)
              && Math.abs(block[i]) > (levels - 0.5) * step * (1 - 0x1p-20);
      double bound = (otherEnd ? step : step / 2) + stored + minimum + arithmetic;
      assertThat(encoded.get(i)).as("%s[%d]", dtype, i).isEqualTo((double) block[i], within(bound));
    }
  }

  @Property(tries = 300)
  void whatWasDecodedEncodesToTheSameNumbers(
      @ForAll("symmetric") DType dtype, @ForAll("blocks") float[] block) {
    TensorView once = convert(dtype, block);
    TensorView twice = Quantiser.convert(FILE, wide(once), dtype, Arena.ofAuto());
    // The scale may lose its last bit on the way, never more.
    for (int i = 0; i < block.length; i++) {
      assertThat(twice.get(i))
          .isEqualTo(once.get(i), within(Math.abs(once.get(i)) * 0x1p-9 + 0x1p-20));
    }
  }

  @Provide
  Arbitrary<DType> quantised() {
    return Arbitraries.of(Arrays.stream(DType.values()).filter(DType::isQuantised).toList());
  }

  @Provide
  Arbitrary<DType> symmetric() {
    return Arbitraries.of(DType.Q8_0, DType.Q5_0, DType.Q4_0);
  }

  @Provide
  Arbitrary<float[]> blocks() {
    Arbitrary<Float> scale = Arbitraries.of(1e-6f, 1e-3f, 0.1f, 1f, 37f, 1e4f);
    Arbitrary<Float> offset = Arbitraries.of(0f, 0f, 1f, -3f);
    Arbitrary<float[]> unit = Arbitraries.floats().between(-1, 1).array(float[].class).ofSize(32);
    return Combinators.combine(unit, scale, offset)
        .as((block, by, plus) -> {
          float[] scaled = new float[block.length];
          for (int i = 0; i < block.length; i++) {
            scaled[i] = (block[i] + plus) * by;
          }
          return scaled;
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
  void zerosAndTinyNumbersDecodeToNearlyZero(DType dtype) {
    assertThat(Arrays.stream(convert(dtype, new float[32]).toDoubles())).allMatch(v -> v == 0);
    for (float tiny : new float[] {Float.MIN_VALUE, -1e-42f, 1e-39f, -1e-12f}) {
      float[] block = new float[32];
      Arrays.fill(block, tiny);
      block[7] = -tiny / 2;
      for (double value : convert(dtype, block).toDoubles()) {
        assertThat(value).isEqualTo(0, within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
  void whatHasNoFiniteScaleIsRefusedByName(DType dtype) {
    for (float wrong :
        new float[] {
          Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f, -3e38f, 1e8f
        }) {
      float[] values = new float[96];
      values[70] = wrong;
      assertThatThrownBy(() -> convert(dtype, values))
          .as("%s %s", dtype, wrong)
          .isInstanceOfSatisfying(
              CheckpointException.class, e -> assertThat(e.tensor()).contains("weights"))
          .hasMessageContaining("element 70");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 31, 33, 95})
  void rowsThatAreNoWholeBlocksAreRefusedByName(long row) {
    TensorView tensor =
        TensorView.of(
            "weights",
            DType.F32,
            Shape.of(32, row),
            MemorySegment.ofArray(new float[(int) (32 * row)]));
    assertThatThrownBy(() -> Quantiser.convert(FILE, tensor, DType.Q4_0, Arena.ofAuto()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("weights")
        .hasMessageContaining("row of " + row);
  }

  @Test
  void weightsAreNeverIntegers() {
    assertThatThrownBy(() -> convert(DType.I64, new float[32]))
        .isInstanceOf(InvalidArgumentException.class);
  }

  private static TensorView wide(TensorView tensor) {
    return Quantiser.convert(FILE, tensor, DType.F32, Arena.ofAuto());
  }

  private static TensorView convert(DType dtype, float[] values) {
    MemorySegment data = Arena.ofAuto().allocate(4L * values.length, 8);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT, 0, values.length);
    TensorView source = TensorView.of("weights", DType.F32, Shape.of(values.length), data);
    return Quantiser.convert(FILE, source, dtype, Arena.ofAuto());
  }
}

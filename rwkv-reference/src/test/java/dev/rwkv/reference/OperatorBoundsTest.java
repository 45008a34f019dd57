package dev.rwkv.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/**
 * Each equation in single precision, in several orders of summation, stays within its bound; and
 * the bounds are near enough that typical mistakes do not.
 */
class OperatorBoundsTest {
  private static final ErrorModel F32 = ErrorModel.F32;

  @Property(tries = 1000)
  void dotProducts(
      @ForAll @IntRange(min = 1, max = 2000) int n,
      @ForAll @DoubleRange(min = -10, max = 10) double logScale,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] w = gaussian(n, 1, random);
    float[] x = gaussian(n, Math.exp(logScale), random);
    Bounded exact = exact(x);
    double value = DotProduct.value(FloatEquations.widened(w), exact.values());
    double bound = DotProduct.bound(FloatEquations.widened(w), exact, F32);
    for (FloatDot order : FloatDot.values()) {
      assertThat(Math.abs(order.of(w, x) - value)).as(order.name()).isLessThanOrEqualTo(bound);
    }
  }

  @Property(tries = 300)
  void dotProductsAreWithinTheProbabilisticTierToo(
      @ForAll @IntRange(min = 1, max = 4000) int n, @ForAll long seed) {
    Random random = new Random(seed);
    float[] w = gaussian(n, 1, random);
    float[] x = gaussian(n, 1, random);
    double value = DotProduct.value(FloatEquations.widened(w), exact(x).values());
    double bound = DotProduct.bound(FloatEquations.widened(w), exact(x), F32.probabilistic());
    for (FloatDot order : FloatDot.values()) {
      assertThat(Math.abs(order.of(w, x) - value)).as(order.name()).isLessThanOrEqualTo(bound);
    }
  }

  @Property(tries = 300)
  void operandErrorsAreCarriedThroughDotProducts(
      @ForAll @IntRange(min = 1, max = 300) int n, @ForAll long seed) {
    Random random = new Random(seed);
    float[] w = gaussian(n, 1, random);
    float[] x = gaussian(n, 1, random);
    double[] errors = new double[n];
    float[] moved = new float[n];
    for (int i = 0; i < n; i++) {
      // The worst that an adversary can do: all errors in the weight's direction.
      moved[i] = x[i] + Math.signum(w[i]) * 1e-3f * random.nextFloat();
      errors[i] = Math.abs((double) moved[i] - x[i]);
    }
    Bounded operand = Bounded.of(FloatEquations.widened(x), errors);
    double value = DotProduct.value(FloatEquations.widened(w), operand.values());
    double bound = DotProduct.bound(FloatEquations.widened(w), operand, F32);
    for (FloatDot order : FloatDot.values()) {
      assertThat(Math.abs(order.of(w, moved) - value)).isLessThanOrEqualTo(bound);
    }
  }

  @Property(tries = 100)
  void theDotProductOfTheOracleIsWithinItsOwnBoundOfTheExactOne(
      @ForAll @IntRange(min = 1, max = 500) int n, @ForAll long seed) {
    Random random = new Random(seed);
    double[] w = random.doubles(n, -1, 1).toArray();
    double[] x = random.doubles(n, -1, 1).toArray();
    BigDecimal exact = BigDecimal.ZERO;
    for (int i = 0; i < n; i++) {
      exact = exact.add(new BigDecimal(w[i]).multiply(new BigDecimal(x[i])));
    }
    BigDecimal distance = exact.subtract(new BigDecimal(DotProduct.value(w, x))).abs();
    double bound = DotProduct.bound(w, Bounded.exact(x), ErrorModel.ORACLE);
    assertThat(distance).isLessThanOrEqualTo(new BigDecimal(bound));
    assertThat(bound).isLessThan(1e-16 * (n + 2) * DotProduct.condition(w, x) * 1.2);
  }

  @Property(tries = 200)
  void aDroppedTailExceedsTheBound(
      @ForAll @IntRange(min = 2, max = 2000) int n, @ForAll long seed) {
    Random random = new Random(seed);
    float[] w = gaussian(n, 1, random);
    float[] x = gaussian(n, 1, random);
    w[n - 1] = 0.5f + random.nextFloat();
    x[n - 1] = 0.5f + random.nextFloat();
    double[] weights = FloatEquations.widened(w);
    double value = DotProduct.value(weights, exact(x).values());
    assertThat(Math.abs(FloatDot.FMA.of(w, x, n - 1) - value))
        .isGreaterThan(DotProduct.bound(weights, exact(x), F32));
  }

  @Property(tries = 50)
  void anF16AccumulatorExceedsTheBoundInMostRows(
      @ForAll @IntRange(min = 8, max = 100) int n, @ForAll long seed) {
    Random random = new Random(seed);
    int exceeded = 0;
    for (int row = 0; row < 40; row++) {
      float[] w = gaussian(n, 1, random);
      float[] x = gaussian(n, 1, random);
      float half = 0;
      for (int i = 0; i < n; i++) {
        half = Float.float16ToFloat(Float.floatToFloat16(Math.fma(w[i], x[i], half)));
      }
      double[] weights = FloatEquations.widened(w);
      double value = DotProduct.value(weights, exact(x).values());
      exceeded += Math.abs(half - value) > DotProduct.bound(weights, exact(x), F32) ? 1 : 0;
    }
    assertThat(exceeded).isGreaterThan(20);
  }

  @Property(tries = 500)
  void matrixVectorProducts(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 100) int columns,
      @ForAll FloatDot order,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[][] matrix = new float[rows][];
    for (int r = 0; r < rows; r++) {
      matrix[r] = gaussian(columns, 1, random);
    }
    float[] x = gaussian(columns, 3, random);
    Bounded product = MatrixVector.apply(view(matrix), exact(x), F32);
    assertWithin(product, new FloatEquations(order).multiply(matrix, x));
    double[] conditions = MatrixVector.conditions(view(matrix), exact(x).values());
    for (int r = 0; r < rows; r++) {
      assertThat(product.error(r))
          .isBetween(
              F32.gamma(columns) * conditions[r], F32.gamma(columns + 3) * conditions[r] + 1e-30);
    }
  }

  @Property(tries = 1000)
  void tokenShifts(
      @ForAll @IntRange(min = 1, max = 50) int n, @ForAll FloatDot order, @ForAll long seed) {
    Random random = new Random(seed);
    float[] mix = gaussian(n, 0.7, random); // trained mixtures leave [0, 1] at times
    float[] x = gaussian(n, 1, random);
    float[] previous = gaussian(n, 1, random);
    Bounded y = TokenShift.apply(FloatEquations.widened(mix), exact(x), exact(previous), F32);
    assertWithin(y, new FloatEquations(order).tokenShift(mix, x, previous));
  }

  @Property(tries = 1000)
  void layerNorms(
      @ForAll @IntRange(min = 1, max = 400) int n,
      @ForAll @DoubleRange(min = -8, max = 8) double logScale,
      @ForAll @DoubleRange(min = -5, max = 5) double mean,
      @ForAll FloatDot order,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] x = gaussian(n, Math.exp(logScale), random);
    for (int i = 0; i < n; i++) {
      x[i] += (float) mean;
    }
    float[] weight = gaussian(n, 1, random);
    float[] bias = gaussian(n, 1, random);
    LayerNorm norm =
        new LayerNorm(FloatEquations.widened(weight), FloatEquations.widened(bias), 1e-5f);
    Bounded y = norm.apply(exact(x), F32);
    assertWithin(y, new FloatEquations(order).layerNorm(weight, bias, 1e-5f, x));
  }

  @Property(tries = 1000)
  void gates(
      @ForAll @IntRange(min = 1, max = 20) int n,
      @ForAll @DoubleRange(min = 0, max = 100) double scale,
      @ForAll FloatDot order,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] r = gaussian(n, scale, random);
    float[] y = gaussian(n, 3, random);
    float[] movedR = moved(r, 1e-2f, random);
    float[] movedY = moved(y, 1e-2f, random);
    Bounded gated = SigmoidGate.apply(between(r, movedR), between(y, movedY), F32);
    assertWithin(gated, new FloatEquations(order).gate(movedR, movedY));
  }

  @Property(tries = 1000)
  void squaredRelus(
      @ForAll @IntRange(min = 1, max = 50) int n,
      @ForAll @DoubleRange(min = 0, max = 1) double error,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] k = gaussian(n, 1, random);
    float[] moved = moved(k, (float) error, random);
    Bounded squared = SquaredRelu.apply(between(k, moved), F32);
    assertWithin(squared, new FloatEquations(FloatDot.SEQUENTIAL).squaredRelu(moved));
  }

  @Example
  void aKeyThatIsSurelyNegativeGivesExactlyZero() {
    Bounded squared = SquaredRelu.apply(Bounded.of(new double[] {-1}, new double[] {0.5}), F32);
    assertThat(squared.error(0)).isZero();
  }

  static float[] gaussian(int n, double scale, Random random) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (scale * random.nextGaussian());
    }
    return x;
  }

  private static float[] moved(float[] x, float by, Random random) {
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[i] + by * (2 * random.nextFloat() - 1);
    }
    return y;
  }

  private static Bounded between(float[] value, float[] candidate) {
    double[] errors = new double[value.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = Math.abs((double) candidate[i] - value[i]);
    }
    return Bounded.of(FloatEquations.widened(value), errors);
  }

  static Bounded exact(float[] x) {
    return Bounded.exact(FloatEquations.widened(x));
  }

  private static TensorView view(float[][] matrix) {
    MemorySegment data = MemorySegment.ofArray(new byte[4 * matrix.length * matrix[0].length]);
    for (int r = 0; r < matrix.length; r++) {
      for (int c = 0; c < matrix[0].length; c++) {
        data.set(
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN),
            4L * (r * matrix[0].length + c),
            matrix[r][c]);
      }
    }
    return TensorView.of("m", DType.F32, Shape.of(matrix.length, matrix[0].length), data);
  }

  static void assertWithin(Bounded expected, float[] candidate) {
    assertThat(expected.utilisation(FloatEquations.widened(candidate))).isLessThanOrEqualTo(1);
  }
}

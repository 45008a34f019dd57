package dev.rwkv.vector.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The bounds that exponential and gate state, against double precision. */
class ExponentialKernelTest {
  private static final Kernels KERNELS = Kernels.preferred();
  private static final int AT_A_TIME = 1 << 12;
  // A prime, so that mantissas of every kind and every exponent are met.
  private static final int STEP = 4099;

  private record Worst(double exp, double sigmoid) {
    Worst with(Worst other) {
      return new Worst(Math.max(exp, other.exp), Math.max(sigmoid, other.sigmoid));
    }
  }

  @Test
  void floatsOfEveryMagnitudeAreWithinTheBounds() {
    assertWithin(worst(Integer.MIN_VALUE));
  }

  @Test
  @Tag("long")
  void everyFloatIsWithinTheBounds() {
    assertWithin(
        IntStream.range(0, STEP)
            .parallel()
            .mapToObj(offset -> worst(Integer.MIN_VALUE + offset))
            .reduce(new Worst(0, 0), Worst::with));
  }

  private static void assertWithin(Worst worst) {
    assertThat(worst.exp).as("ulps of exp").isBetween(0.5, ExponentialKernel.ULPS);
    assertThat(worst.sigmoid).as("ulps of sigmoid").isBetween(0.5, GateKernel.SIGMOID_ULPS);
  }

  private static Worst worst(long first) {
    Worst worst = new Worst(0, 0);
    float[] x = new float[AT_A_TIME];
    float[] sigmoid = new float[AT_A_TIME];
    for (long bits = first; bits <= Integer.MAX_VALUE; bits += (long) AT_A_TIME * STEP) {
      for (int i = 0; i < AT_A_TIME; i++) {
        x[i] = Float.intBitsToFloat((int) Math.min(bits + (long) i * STEP, Integer.MAX_VALUE));
      }
      float[] exp = x.clone();
      KERNELS.exponential().fall(exp, 0, AT_A_TIME);
      Arrays.fill(sigmoid, 1);
      KERNELS.gate().gate(exp, 0, sigmoid, 0, AT_A_TIME);
      double worstExp = 0;
      double worstSigmoid = 0;
      for (int i = 0; i < AT_A_TIME; i++) {
        double e = Math.exp(-Math.abs((double) x[i]));
        double logistic = (x[i] < 0 ? e : 1) / (1 + e);
        worstExp = Math.max(worstExp, ulps(Math.copySign(e, x[i]), exp[i]));
        worstSigmoid = Math.max(worstSigmoid, ulps(logistic, sigmoid[i]));
      }
      worst = worst.with(new Worst(worstExp, worstSigmoid));
    }
    return worst;
  }

  private static double ulps(double expected, float actual) {
    if (Double.isNaN(expected)) {
      return Float.isNaN(actual) ? 0 : Double.POSITIVE_INFINITY;
    }
    boolean sameSign = Math.copySign(1, expected) == Math.copySign(1, actual);
    return sameSign
        ? Math.abs(actual - expected) / Math.ulp((float) expected)
        : Double.POSITIVE_INFINITY;
  }

  @Test
  void specialValuesAreExact() {
    float[] x = new float[16];
    x[0] = Float.NEGATIVE_INFINITY;
    x[1] = Float.POSITIVE_INFINITY;
    x[2] = Float.NaN;
    x[3] = -1e30f;
    x[4] = 1e30f;
    x[5] = -0f;
    float[] sigmoid = new float[16];
    Arrays.fill(sigmoid, 1);
    KERNELS.exponential().fall(x, 0, 16);
    assertThat(x).startsWith(-0f, 0f, Float.NaN, -0f, 0f, -1f, 1f);
    KERNELS.gate().gate(x, 0, sigmoid, 0, 16);
    assertThat(sigmoid).startsWith(0f, 1f, Float.NaN, 0f, 1f, 0.5f, 0.5f);
  }

  @Test
  void everyWidthHasTheSameBits() {
    float[] x = new float[1 << 12];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(i * 1_048_573);
    }
    float[] expected = x.clone();
    Kernels.of(VectorShape.S_512_BIT).exponential().fall(expected, 0, x.length);
    for (VectorShape shape : new VectorShape[] {VectorShape.S_128_BIT, VectorShape.S_256_BIT}) {
      float[] actual = x.clone();
      Kernels.of(shape).exponential().fall(actual, 0, x.length);
      assertThat(actual).isEqualTo(expected);
    }
  }
}

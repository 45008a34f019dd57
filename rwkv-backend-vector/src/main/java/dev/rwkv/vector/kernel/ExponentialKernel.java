package dev.rwkv.vector.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The only exponential that RWKV needs: of numbers that are not positive.
 *
 * <p>Computes: x = ±e^−|x|, with the sign of x, which says later which of two terms it belongs to.
 * A stabilised sum has the factors 1 and e^−|difference of exponents|, a logistic function is 1 or
 * e^−|x| over 1 + e^−|x|: nothing can overflow.
 *
 * <p>Numerics: −|x| = n·ln 2 + r with |r| ≤ ½ ln 2; e^r is its Taylor polynomial of degree 7, whose
 * remainder is below 2⁻²⁷; then times 2ⁿ in two halves, because 2ⁿ itself may be subnormal. Fused
 * multiply-adds, lane by lane: the bits do not depend on the width. Within {@value #ULPS} ulp,
 * subnormal results included; e⁰ is exactly 1, e^−∞ is 0, NaN stays NaN.
 *
 * <p>Shapes: {@code count} numbers, a multiple of 16. Threads: any, on ranges of their own.
 *
 * <p>Other kernels work on its results in arrays and not in registers: a method as large as this
 * one is not inlined, see {@link PanelKernel}.
 */
public interface ExponentialKernel {
  /** Largest error in units in the last place. */
  double ULPS = 1.0;

  /** Replaces every x by ±e^−|x|. */
  void fall(float[] x, int at, int count);

  /** The implementation, for one width. */
  final class Template implements ExponentialKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final VectorSpecies<Integer> I = KernelSpec.of(MethodHandles.lookup()).ints();
    private static final float LOWEST = -104.5f; // below, e^x is less than half a subnormal
    private static final float LOG2_E = (float) (1 / Math.log(2));
    private static final float LN2_HIGH = 0x1.62e4p-1f; // its multiples up to 2^9 are exact
    private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);
    private static final float ROUNDER = 0x1.8p23f; // adding it leaves an integer in the low bits

    @Override
    public void fall(float[] x, int at, int count) {
      IntVector signs = IntVector.broadcast(I, Integer.MIN_VALUE);
      FloatVector lowest = FloatVector.broadcast(F, LOWEST);
      FloatVector rounder = FloatVector.broadcast(F, ROUNDER);
      IntVector rounderBits = rounder.reinterpretAsInts();
      IntVector bias = IntVector.broadcast(I, 127);
      FloatVector log2e = FloatVector.broadcast(F, LOG2_E);
      FloatVector ln2High = FloatVector.broadcast(F, -LN2_HIGH);
      FloatVector ln2Low = FloatVector.broadcast(F, -LN2_LOW);
      FloatVector c7 = FloatVector.broadcast(F, 1f / 5040);
      FloatVector c6 = FloatVector.broadcast(F, 1f / 720);
      FloatVector c5 = FloatVector.broadcast(F, 1f / 120);
      FloatVector c4 = FloatVector.broadcast(F, 1f / 24);
      FloatVector c3 = FloatVector.broadcast(F, 1f / 6);
      FloatVector c2 = FloatVector.broadcast(F, 1f / 2);
      FloatVector one = FloatVector.broadcast(F, 1f);
      for (int i = at; i < at + count; i += F.length()) {
        IntVector bits = FloatVector.fromArray(F, x, i).reinterpretAsInts();
        FloatVector negative = bits.or(signs).reinterpretAsFloats().max(lowest);
        FloatVector shifted = negative.fma(log2e, rounder);
        FloatVector n = shifted.sub(rounder);
        FloatVector r = n.fma(ln2Low, n.fma(ln2High, negative));
        FloatVector p = c7.fma(r, c6).fma(r, c5).fma(r, c4).fma(r, c3).fma(r, c2);
        p = p.fma(r, one).fma(r, one);
        IntVector exponent = shifted.reinterpretAsInts().sub(rounderBits);
        IntVector half = exponent.lanewise(ASHR, 1);
        IntVector rest = exponent.sub(half);
        p = p.mul(half.add(bias).lanewise(LSHL, 23).reinterpretAsFloats());
        p = p.mul(rest.add(bias).lanewise(LSHL, 23).reinterpretAsFloats());
        p.reinterpretAsInts().or(bits.and(signs)).reinterpretAsFloats().intoArray(x, i);
      }
    }
  }
}

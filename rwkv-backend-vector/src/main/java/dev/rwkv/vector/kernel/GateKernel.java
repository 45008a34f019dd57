package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The receptance gate and the residual connection.
 *
 * <p>Computes: y = σ(r) ⊙ y; x = x + y; x = x + σ(r) ⊙ y. Instead of r it is given ±e^−|r|, as
 * {@link ExponentialKernel} leaves it: σ(r) = 1 / (1 + e^−|r|) for positive r, e^−|r| / (1 +
 * e^−|r|) for negative.
 *
 * <p>Shapes: {@code count} channels, a multiple of 16. Numerics: σ within {@value #SIGMOID_ULPS}
 * ulp. Aliasing: distinct arrays or ranges. Threads: any, on ranges of their own.
 */
public interface GateKernel {
  /** Largest error of σ in units in the last place, that of the exponential included. */
  double SIGMOID_ULPS = 2.5;

  /** y = σ(r) ⊙ y. */
  void gate(float[] r, int rAt, float[] y, int yAt, int count);

  /** x = x + y. */
  void add(float[] y, int yAt, float[] x, int xAt, int count);

  /** x = x + σ(r) ⊙ y. */
  void addGated(float[] r, int rAt, float[] y, int yAt, float[] x, int xAt, int count);

  /** The implementation, for one width. */
  final class Template implements GateKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final VectorSpecies<Integer> I = KernelSpec.of(MethodHandles.lookup()).ints();

    @Override
    public void gate(float[] r, int rAt, float[] y, int yAt, int count) {
      FloatVector one = FloatVector.broadcast(F, 1f);
      IntVector zero = IntVector.zero(I);
      for (int i = 0; i < count; i += F.length()) {
        FloatVector signed = FloatVector.fromArray(F, r, rAt + i);
        FloatVector e = signed.abs();
        VectorMask<Float> negative = signed.reinterpretAsInts().lt(zero).cast(F);
        one.blend(e, negative)
            .div(e.add(one))
            .mul(FloatVector.fromArray(F, y, yAt + i))
            .intoArray(y, yAt + i);
      }
    }

    @Override
    public void add(float[] y, int yAt, float[] x, int xAt, int count) {
      for (int i = 0; i < count; i += F.length()) {
        FloatVector.fromArray(F, x, xAt + i)
            .add(FloatVector.fromArray(F, y, yAt + i))
            .intoArray(x, xAt + i);
      }
    }

    @Override
    public void addGated(float[] r, int rAt, float[] y, int yAt, float[] x, int xAt, int count) {
      FloatVector one = FloatVector.broadcast(F, 1f);
      IntVector zero = IntVector.zero(I);
      for (int i = 0; i < count; i += F.length()) {
        FloatVector signed = FloatVector.fromArray(F, r, rAt + i);
        FloatVector e = signed.abs();
        VectorMask<Float> negative = signed.reinterpretAsInts().lt(zero).cast(F);
        one.blend(e, negative)
            .div(e.add(one))
            .mul(FloatVector.fromArray(F, y, yAt + i))
            .add(FloatVector.fromArray(F, x, xAt + i))
            .intoArray(x, xAt + i);
      }
    }
  }
}

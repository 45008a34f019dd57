package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The way back through the receptance gate z = σ(r) ⊙ y, see {@link GateKernel}.
 *
 * <p>Computes: dr = dz ⊙ y ⊙ σ(r)(1 − σ(r)); dy = dz ⊙ σ(r). Instead of r it is given ±e^−|r|; with
 * e = e^−|r| the derivative of σ is e / (1 + e)² for either sign, without cancellation.
 *
 * <p>Shapes: {@code count} channels, a multiple of 16. Aliasing: distinct arrays or ranges.
 * Threads: any, on ranges of their own.
 */
public interface GateGradientKernel {

  /**
   * Goes back through the gate.
   *
   * @param r ±e^−|r| on entry, dr on return
   * @param gradients dz on entry, dy on return
   */
  void backward(float[] r, int rAt, float[] y, int yAt, float[] gradients, int at, int count);

  /** The implementation, for one width. */
  final class Template implements GateGradientKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final VectorSpecies<Integer> I = KernelSpec.of(MethodHandles.lookup()).ints();

    @Override
    public void backward(
        float[] r, int rAt, float[] y, int yAt, float[] gradients, int at, int count) {
      FloatVector one = FloatVector.broadcast(F, 1f);
      IntVector zero = IntVector.zero(I);
      for (int i = 0; i < count; i += F.length()) {
        FloatVector signed = FloatVector.fromArray(F, r, rAt + i);
        FloatVector e = signed.abs();
        VectorMask<Float> negative = signed.reinterpretAsInts().lt(zero).cast(F);
        FloatVector inverse = one.div(e.add(one));
        FloatVector gate = one.blend(e, negative).mul(inverse);
        FloatVector slope = e.mul(inverse).mul(inverse);
        FloatVector dz = FloatVector.fromArray(F, gradients, at + i);
        dz.mul(FloatVector.fromArray(F, y, yAt + i)).mul(slope).intoArray(r, rAt + i);
        dz.mul(gate).intoArray(gradients, at + i);
      }
    }
  }
}

package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The way back through max(k, 0)², see {@link SquaredReluKernel}.
 *
 * <p>Computes: dk = 2 max(k, 0) ⊙ dh. Shapes: {@code count} channels, a multiple of 16. Aliasing:
 * none. Threads: any, on ranges of their own.
 */
public interface SquaredReluGradientKernel {

  /**
   * Goes back through the activation.
   *
   * @param keys k
   * @param gradients dh on entry, dk on return
   */
  void backward(float[] keys, int keysAt, float[] gradients, int at, int count);

  /** The implementation, for one width. */
  final class Template implements SquaredReluGradientKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();

    @Override
    public void backward(float[] keys, int keysAt, float[] gradients, int at, int count) {
      for (int i = 0; i < count; i += F.length()) {
        FloatVector live = FloatVector.fromArray(F, keys, keysAt + i).max(0f);
        live.add(live)
            .mul(FloatVector.fromArray(F, gradients, at + i))
            .intoArray(gradients, at + i);
      }
    }
  }
}

package dev.rwkv.conformance.mutant;

import java.util.Arrays;

/** One buffer for all threads. */
@Breaks(value = "RWKV-CON-001", how = "multiplies in a buffer that all sessions share")
public final class ScratchShared extends HonestBackend {
  private final float[] scratch = new float[4096];

  @Override
  protected float[] multiply(float[][] matrix, float[] x) {
    for (int row = 0; row < matrix.length; row++) {
      scratch[row] = dot(matrix[row], x);
    }
    return Arrays.copyOf(scratch, matrix.length);
  }
}

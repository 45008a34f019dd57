package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The activation of channel-mix (paper eq. 18), and the list of the channels that it leaves.
 *
 * <p>Computes: y = max(y, 0)². NaN stays NaN. Most of a trained model's channels come out exactly
 * zero, and the value projection needs no weight of those.
 *
 * <p>Shapes: {@code count} channels, a multiple of 16 unless said otherwise. Threads: any, on
 * ranges of their own.
 */
public interface SquaredReluKernel {

  /** y = max(y, 0)², in place. */
  void activate(float[] y, int yAt, int count);

  /** Counts the channels in {@code [0, count)} that are zero; any count. */
  int countZeros(float[] y, int count);

  /**
   * Lists the channels in {@code [0, count)} that are not zero, in order.
   *
   * @param places where the columns of channels lie, see {@link PanelFormat#places}
   * @param live receives the places of those that are listed
   * @param values receives their values
   * @return how many there are
   */
  static int listNonZero(float[] y, int count, int[] places, int[] live, float[] values) {
    int found = 0;
    // Without a branch: which channels are zero cannot be predicted.
    for (int i = 0; i < count; i++) {
      float value = y[i];
      live[found] = places[i];
      values[found] = value;
      found += value == 0 ? 0 : 1;
    }
    return found;
  }

  /** The implementation, for one width. */
  final class Template implements SquaredReluKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();

    @Override
    public void activate(float[] y, int yAt, int count) {
      FloatVector zero = FloatVector.zero(F);
      for (int i = 0; i < count; i += F.length()) {
        FloatVector positive = FloatVector.fromArray(F, y, yAt + i).max(zero);
        positive.mul(positive).intoArray(y, yAt + i);
      }
    }

    @Override
    public int countZeros(float[] y, int count) {
      int zeros = 0;
      int i = 0;
      for (; i <= count - F.length(); i += F.length()) {
        zeros += FloatVector.fromArray(F, y, i).compare(VectorOperators.EQ, 0).trueCount();
      }
      for (; i < count; i++) {
        zeros += y[i] == 0 ? 1 : 0;
      }
      return zeros;
    }
  }
}

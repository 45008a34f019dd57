package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The stabilised WKV recurrence over a span of tokens (paper eq. 23–28), vectorised across
 * channels.
 *
 * <p>Computes, token by token: q = max(p, u+k); wkv = (e^(p−q) a + e^(u+k−q) v) / (e^(p−q) b +
 * e^(u+k−q)); then q = max(p+w, k); a = e^(p+w−q) a + e^(k−q) v, b likewise; p = q.
 *
 * <p>In three steps: {@link #exponents} runs p, which depends on keys alone, through the span and
 * leaves for every token the two differences of exponents; {@link ExponentialKernel} makes factors
 * of them; {@link #sums} runs a and b. Of two factors the larger is always e⁰ = 1.
 *
 * <p>Shapes: keys, values, differences and wkv are rows of T tokens, {@code stride} apart; w, u and
 * the state have a number for each channel. Channel bounds are multiples of 16.
 *
 * <p>Numerics: no exponent is positive: nothing overflows while a, b and v are in range. Aliasing:
 * wkv may be the values. Threads: any, on channels of their own.
 */
public interface WkvKernel {

  /**
   * Moves p through the span.
   *
   * @param output receives p − (u + k) of every token: what the old sums weigh in its output
   * @param carry receives (p + w) − k: what they weigh in the sums that it leaves
   * @param rowsAt where channel 0 of the first token lies
   * @param exponentAt where p of channel 0 lies in {@code state}
   */
  void exponents(
      float[] decay,
      float[] bonus,
      float[] keys,
      float[] output,
      float[] carry,
      int rowsAt,
      int tokens,
      int stride,
      float[] state,
      int exponentAt,
      int from,
      int to);

  /**
   * Moves a and b through the span.
   *
   * @param output the first differences after {@link ExponentialKernel}
   * @param carry the second ones
   * @param stateAt where a of channel 0 lies in {@code state}; b lies {@code statePitch} further
   */
  void sums(
      float[] values,
      float[] output,
      float[] carry,
      float[] wkv,
      int rowsAt,
      int tokens,
      int stride,
      float[] state,
      int stateAt,
      int statePitch,
      int from,
      int to);

  /** The implementation, for one width. */
  final class Template implements WkvKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final VectorSpecies<Integer> I = KernelSpec.of(MethodHandles.lookup()).ints();

    @Override
    public void exponents(
        float[] decay,
        float[] bonus,
        float[] keys,
        float[] output,
        float[] carry,
        int rowsAt,
        int tokens,
        int stride,
        float[] state,
        int exponentAt,
        int from,
        int to) {
      for (int i = from; i < to; i += F.length()) {
        FloatVector w = FloatVector.fromArray(F, decay, i);
        FloatVector u = FloatVector.fromArray(F, bonus, i);
        FloatVector p = FloatVector.fromArray(F, state, exponentAt + i);
        for (int t = 0; t < tokens; t++) {
          int at = rowsAt + t * stride + i;
          FloatVector k = FloatVector.fromArray(F, keys, at);
          FloatVector decayed = p.add(w);
          p.sub(u.add(k)).intoArray(output, at);
          decayed.sub(k).intoArray(carry, at);
          p = decayed.max(k);
        }
        p.intoArray(state, exponentAt + i);
      }
    }

    @Override
    public void sums(
        float[] values,
        float[] output,
        float[] carry,
        float[] wkv,
        int rowsAt,
        int tokens,
        int stride,
        float[] state,
        int stateAt,
        int statePitch,
        int from,
        int to) {
      FloatVector one = FloatVector.broadcast(F, 1f);
      IntVector zero = IntVector.zero(I);
      for (int i = from; i < to; i += F.length()) {
        FloatVector a = FloatVector.fromArray(F, state, stateAt + i);
        FloatVector b = FloatVector.fromArray(F, state, stateAt + statePitch + i);
        for (int t = 0; t < tokens; t++) {
          int at = rowsAt + t * stride + i;
          FloatVector v = FloatVector.fromArray(F, values, at);
          // Negative (−0 counts): the new term has the larger exponent, and the old sums shrink.
          FloatVector signed = FloatVector.fromArray(F, output, at);
          VectorMask<Float> shrinks = signed.reinterpretAsInts().lt(zero).cast(F);
          FloatVector small = signed.abs();
          FloatVector old = one.blend(small, shrinks);
          FloatVector fresh = small.blend(one, shrinks);
          FloatVector numerator = old.fma(a, fresh.mul(v));
          numerator.div(old.fma(b, fresh)).intoArray(wkv, at);
          signed = FloatVector.fromArray(F, carry, at);
          shrinks = signed.reinterpretAsInts().lt(zero).cast(F);
          small = signed.abs();
          old = one.blend(small, shrinks);
          fresh = small.blend(one, shrinks);
          a = old.fma(a, fresh.mul(v));
          b = old.fma(b, fresh);
        }
        a.intoArray(state, stateAt + i);
        b.intoArray(state, stateAt + statePitch + i);
      }
    }
  }
}

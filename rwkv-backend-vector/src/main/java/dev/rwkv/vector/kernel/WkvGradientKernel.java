package dev.rwkv.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The way back through the stabilised WKV recurrence, in linear time, vectorised across channels.
 *
 * <p>Forwards, a token has the factors o₁ = e^(p−q), o₂ = e^(u+k−q) in its output and c₁ =
 * e^(p+w−p'), c₂ = e^(k−p') in the sums that it leaves, with p' the exponent after it: y = (o₁a +
 * o₂v) / (o₁b + o₂), a' = c₁a + c₂v, b' = c₁b + c₂. The result does not depend on the exponents
 * chosen, so they count as constants. Backwards, with ā and b̄ the derivatives by a' and b', and Q
 * = dy / (o₁b + o₂):
 *
 * <pre>
 *   dv = o₂Q + c₂ā          dk = o₂Q(v − y) + c₂(āv + b̄)
 *   du = Σ o₂Q(v − y)       dw = Σ c₁(āa + b̄b)
 *   ā ← c₁ā + o₁Q           b̄ ← c₁b̄ − o₁Qy
 * </pre>
 *
 * <p>It is the reverse pass of RWKV-LM with sums at the exponents of the forward pass. Then b ≥ 1
 * behind every token, no factor exceeds 1, and nothing overflows while the derivatives are in
 * range, whatever the keys are.
 *
 * <p>Shapes: as {@link WkvKernel}; the factors are those that it and {@link ExponentialKernel} left
 * in {@code output} and {@code carry}: ±e^−|difference|, negative where the token is the larger.
 * Aliasing: none. Threads: any, on channels of their own.
 */
public interface WkvGradientKernel {

  /**
   * Runs the sums once more and keeps what every token found.
   *
   * @param numerators receives a before every token
   * @param denominators receives b before every token
   * @param start a of channel 0 before the first token at 0, b {@code pitch} further; not changed
   */
  void sums(
      float[] values,
      float[] carry,
      float[] numerators,
      float[] denominators,
      int rowsAt,
      int tokens,
      int stride,
      float[] start,
      int pitch,
      int from,
      int to);

  /**
   * Goes back through a span.
   *
   * @param wkv y of every token
   * @param gradients dy on entry; dv on return
   * @param keys receives dk
   * @param vectors du of channel 0 at {@code vectorsAt}, dw {@code pitch} further: are added to;
   *     then ā and b̄: those behind the span on entry, those before it on return
   */
  void backward(
      float[] values,
      float[] output,
      float[] carry,
      float[] numerators,
      float[] denominators,
      float[] wkv,
      float[] gradients,
      float[] keys,
      int rowsAt,
      int tokens,
      int stride,
      float[] vectors,
      int vectorsAt,
      int pitch,
      int from,
      int to);

  /** The implementation, for one width. */
  final class Template implements WkvGradientKernel {
    private static final VectorSpecies<Float> F = KernelSpec.of(MethodHandles.lookup()).floats();
    private static final VectorSpecies<Integer> I = KernelSpec.of(MethodHandles.lookup()).ints();

    @Override
    public void sums(
        float[] values,
        float[] carry,
        float[] numerators,
        float[] denominators,
        int rowsAt,
        int tokens,
        int stride,
        float[] start,
        int pitch,
        int from,
        int to) {
      FloatVector one = FloatVector.broadcast(F, 1f);
      IntVector zero = IntVector.zero(I);
      for (int i = from; i < to; i += F.length()) {
        FloatVector a = FloatVector.fromArray(F, start, i);
        FloatVector b = FloatVector.fromArray(F, start, pitch + i);
        for (int t = 0; t < tokens; t++) {
          int at = rowsAt + t * stride + i;
          a.intoArray(numerators, at);
          b.intoArray(denominators, at);
          FloatVector signed = FloatVector.fromArray(F, carry, at);
          VectorMask<Float> shrinks = signed.reinterpretAsInts().lt(zero).cast(F);
          FloatVector small = signed.abs();
          FloatVector old = one.blend(small, shrinks);
          FloatVector fresh = small.blend(one, shrinks);
          a = old.fma(a, fresh.mul(FloatVector.fromArray(F, values, at)));
          b = old.fma(b, fresh);
        }
      }
    }

    @Override
    public void backward(
        float[] values,
        float[] output,
        float[] carry,
        float[] numerators,
        float[] denominators,
        float[] wkv,
        float[] gradients,
        float[] keys,
        int rowsAt,
        int tokens,
        int stride,
        float[] vectors,
        int vectorsAt,
        int pitch,
        int from,
        int to) {
      FloatVector one = FloatVector.broadcast(F, 1f);
      IntVector zero = IntVector.zero(I);
      for (int i = from; i < to; i += F.length()) {
        int own = vectorsAt + i;
        FloatVector bonus = FloatVector.fromArray(F, vectors, own);
        FloatVector decay = FloatVector.fromArray(F, vectors, own + pitch);
        FloatVector da = FloatVector.fromArray(F, vectors, own + 2 * pitch);
        FloatVector db = FloatVector.fromArray(F, vectors, own + 3 * pitch);
        for (int t = tokens - 1; t >= 0; t--) {
          int at = rowsAt + t * stride + i;
          FloatVector a = FloatVector.fromArray(F, numerators, at);
          FloatVector b = FloatVector.fromArray(F, denominators, at);
          FloatVector v = FloatVector.fromArray(F, values, at);
          FloatVector y = FloatVector.fromArray(F, wkv, at);

          FloatVector signed = FloatVector.fromArray(F, carry, at);
          VectorMask<Float> shrinks = signed.reinterpretAsInts().lt(zero).cast(F);
          FloatVector small = signed.abs();
          FloatVector old = one.blend(small, shrinks);
          FloatVector fresh = small.blend(one, shrinks);
          FloatVector dv = fresh.mul(da);
          FloatVector dk = fresh.mul(da.fma(v, db));
          decay = old.fma(da.fma(a, db.mul(b)), decay);
          da = da.mul(old);
          db = db.mul(old);

          signed = FloatVector.fromArray(F, output, at);
          shrinks = signed.reinterpretAsInts().lt(zero).cast(F);
          small = signed.abs();
          old = one.blend(small, shrinks);
          fresh = small.blend(one, shrinks);
          FloatVector q = FloatVector.fromArray(F, gradients, at).div(old.fma(b, fresh));
          FloatVector token = fresh.mul(q);
          FloatVector difference = token.mul(v.sub(y));
          bonus = bonus.add(difference);
          dk.add(difference).intoArray(keys, at);
          dv.add(token).intoArray(gradients, at);
          q = q.mul(old);
          da = da.add(q);
          db = db.sub(q.mul(y));
        }
        bonus.intoArray(vectors, own);
        decay.intoArray(vectors, own + pitch);
        da.intoArray(vectors, own + 2 * pitch);
        db.intoArray(vectors, own + 3 * pitch);
      }
    }
  }
}

package dev.rwkv.vector.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PanelKernel} for f32, bf16 and f16, for one width and one format.
 *
 * <p>Two panels are two streams of memory, which a thread reads up to 1.4 times as fast as one;
 * that columns come from two halves of each ({@link PanelFormat#places}) makes four, another 1.1
 * times (benchmark: PanelBenchmark). Where there is only one panel, it is multiplied twice.
 */
final class PlainPanels implements PanelKernel {
  private static final KernelSpec SPEC = KernelSpec.of(MethodHandles.lookup());
  private static final VectorSpecies<Float> F = SPEC.floats();
  private static final VectorSpecies<Integer> I = SPEC.ints();
  private static final int LANES = F.length();
  private static final int H = PanelFormat.VECTORS * LANES;
  private static final int BAND = SPEC.bandRows();
  private static final long BYTES = (long) Float.BYTES * LANES; // of a vector

  private static final boolean IS_F32 = SPEC.format() == PanelFormat.F32;
  private static final boolean IS_BF16 = SPEC.format() == PanelFormat.BF16;
  private static final int STRIDE = SPEC.format().stride(H);

  // bf16: the upper half of a float.
  private static final int FIELD = IS_BF16 ? 0xffff0000 : PanelFormat.HALF_FIELD;

  @Override
  public int panelRows() {
    return H;
  }

  @Override
  public void multiply(
      MemorySegment panels,
      long at,
      long second,
      int[] places,
      int count,
      float[] x,
      float[] sums,
      float[] y,
      int yAt) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector b2 = a0;
    FloatVector b3 = a0;
    IntVector field = IntVector.broadcast(I, FIELD);
    FloatVector bias = FloatVector.broadcast(F, PanelFormat.HALF_BIAS);
    for (int i = 0; i < count; i++) {
      long c = at + (long) places[i] * STRIDE;
      FloatVector s = FloatVector.broadcast(F, x[i]);
      if (IS_F32) {
        a0 = FloatVector.fromMemorySegment(F, panels, c, LITTLE_ENDIAN).fma(s, a0);
        a1 = FloatVector.fromMemorySegment(F, panels, c + BYTES, LITTLE_ENDIAN).fma(s, a1);
        a2 = FloatVector.fromMemorySegment(F, panels, c + 2 * BYTES, LITTLE_ENDIAN).fma(s, a2);
        a3 = FloatVector.fromMemorySegment(F, panels, c + 3 * BYTES, LITTLE_ENDIAN).fma(s, a3);
      } else {
        IntVector r = IntVector.fromMemorySegment(I, panels, c, LITTLE_ENDIAN);
        IntVector q = IntVector.fromMemorySegment(I, panels, c + BYTES, LITTLE_ENDIAN);
        IntVector l = r.lanewise(LSHL, 16);
        IntVector k = q.lanewise(LSHL, 16);
        if (IS_BF16) {
          a0 = l.reinterpretAsFloats().fma(s, a0);
          a1 = r.and(field).reinterpretAsFloats().fma(s, a1);
          a2 = k.reinterpretAsFloats().fma(s, a2);
          a3 = q.and(field).reinterpretAsFloats().fma(s, a3);
        } else {
          a0 = l.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias).fma(s, a0);
          a1 = r.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias).fma(s, a1);
          a2 = k.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias).fma(s, a2);
          a3 = q.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias).fma(s, a3);
        }
      }
      c += second;
      if (IS_F32) {
        b0 = FloatVector.fromMemorySegment(F, panels, c, LITTLE_ENDIAN).fma(s, b0);
        b1 = FloatVector.fromMemorySegment(F, panels, c + BYTES, LITTLE_ENDIAN).fma(s, b1);
        b2 = FloatVector.fromMemorySegment(F, panels, c + 2 * BYTES, LITTLE_ENDIAN).fma(s, b2);
        b3 = FloatVector.fromMemorySegment(F, panels, c + 3 * BYTES, LITTLE_ENDIAN).fma(s, b3);
      } else {
        IntVector r = IntVector.fromMemorySegment(I, panels, c, LITTLE_ENDIAN);
        IntVector q = IntVector.fromMemorySegment(I, panels, c + BYTES, LITTLE_ENDIAN);
        IntVector l = r.lanewise(LSHL, 16);
        IntVector k = q.lanewise(LSHL, 16);
        if (IS_BF16) {
          b0 = l.reinterpretAsFloats().fma(s, b0);
          b1 = r.and(field).reinterpretAsFloats().fma(s, b1);
          b2 = k.reinterpretAsFloats().fma(s, b2);
          b3 = q.and(field).reinterpretAsFloats().fma(s, b3);
        } else {
          b0 = l.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias).fma(s, b0);
          b1 = r.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias).fma(s, b1);
          b2 = k.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias).fma(s, b2);
          b3 = q.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias).fma(s, b3);
        }
      }
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + LANES);
    a2.intoArray(y, yAt + 2 * LANES);
    a3.intoArray(y, yAt + 3 * LANES);
    int to = second == 0 ? yAt : yAt + H;
    b0.intoArray(y, to);
    b1.intoArray(y, to + LANES);
    b2.intoArray(y, to + 2 * LANES);
    b3.intoArray(y, to + 3 * LANES);
  }

  @Override
  public void unpack(
      MemorySegment panels, long at, int[] places, int from, int columns, float[][] weights) {
    IntVector field = IntVector.broadcast(I, FIELD);
    FloatVector bias = FloatVector.broadcast(F, PanelFormat.HALF_BIAS);
    for (int i = 0; i < columns; i++) {
      long c = at + (long) places[from + i] * STRIDE;
      for (int half = 0; half < 2; half++) {
        float[] band = weights[half * 2 * LANES / BAND];
        int to = i * BAND + half * 2 * LANES % BAND;
        if (IS_F32) {
          FloatVector.fromMemorySegment(F, panels, c, LITTLE_ENDIAN).intoArray(band, to);
          FloatVector.fromMemorySegment(F, panels, c + BYTES, LITTLE_ENDIAN)
              .intoArray(band, to + LANES);
          c += 2 * BYTES;
        } else {
          IntVector r = IntVector.fromMemorySegment(I, panels, c, LITTLE_ENDIAN);
          IntVector l = r.lanewise(LSHL, 16);
          FloatVector even = l.reinterpretAsFloats();
          FloatVector odd = r.and(field).reinterpretAsFloats();
          if (!IS_BF16) {
            even = l.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias);
            odd = r.lanewise(ASHR, 3).and(field).reinterpretAsFloats().mul(bias);
          }
          even.intoArray(band, to);
          odd.intoArray(band, to + LANES);
          c += BYTES;
        }
      }
    }
  }
}

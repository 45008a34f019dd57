package dev.rwkv.vector.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PanelKernel} for weights in blocks of 32 columns, for one width and one format.
 *
 * <p>A field of bits q at bit 0 or 8 of a float's mantissa, with the exponent of 2^23 or 2^15 above
 * it, is the float 2^23 + q or 2^15 + q; at bit 4 or 12, 2^19 + q or 2^11 + q. One mask, one
 * exponent (which become one instruction) and one exact difference make a weight.
 *
 * <p>With fewer registers, elements with an offset become two's complement, by one exclusive or for
 * a whole int vector, and are shifted to the top, where a mask takes away what is below them. The
 * power of two that this multiplies them with is taken out of the block's scale, which is exact.
 *
 * <p>Types with minima have nothing to subtract: there a mask and a conversion make q · 2^(8v) of
 * vector v, and the power of two goes into the block's scale, which is exact.
 */
final class BlockPanels implements PanelKernel {
  private static final KernelSpec SPEC = KernelSpec.of(MethodHandles.lookup());
  private static final VectorSpecies<Float> F = SPEC.floats();
  private static final VectorSpecies<Integer> I = SPEC.ints();
  private static final PanelFormat FORMAT = SPEC.format();
  private static final int LANES = F.length();
  private static final int H = PanelFormat.VECTORS * LANES;
  private static final int BAND = SPEC.bandRows();
  private static final long BYTES = (long) Float.BYTES * LANES; // of a vector

  private static final int BLOCK = DType.QUANT_BLOCK;
  private static final boolean NIBBLES = FORMAT.bits() < 8;
  private static final boolean FIFTH = FORMAT.hasFifthBit();
  private static final boolean MINIMUM = FORMAT.hasMinimum();
  private static final int STRIDE = FORMAT.stride(H);
  private static final int FIFTH_AT = FORMAT.fifthBitsAt(H);
  private static final int ELEMENTS_AT = FORMAT.elementsAt(H);
  private static final int TOGETHER = NIBBLES ? 2 : 1; // columns that share bytes
  // Shifts, because the compiler does not know that indices are not negative.
  private static final int BLOCK_SHIFT = Integer.numberOfTrailingZeros(BLOCK);
  private static final int TOGETHER_SHIFT = Integer.numberOfTrailingZeros(TOGETHER);

  // Where pairs of columns begin in a block, and the fifth bits of groups of them. Places come from
  // a list, as in PlainPanels: for those that grow with the loop the compiler makes three loops for
  // each block, and a check of their ends that takes longer than the columns.
  private static final int PAIRS = BLOCK / 2;
  private static final int GROUPS = FIFTH ? 4 : 1;
  private static final int PAIRS_OF_GROUP = PAIRS / GROUPS;
  private static final int[] ELEMENTS = new int[PAIRS];
  private static final int[] FIFTH_BITS = new int[GROUPS];

  static {
    for (int pair = 0; pair < PAIRS; pair++) {
      ELEMENTS[pair] = ELEMENTS_AT + 2 * pair / TOGETHER * (int) BYTES;
    }
    for (int group = 0; group < GROUPS; group++) {
      FIFTH_BITS[group] = FIFTH_AT + group * (int) BYTES;
    }
  }

  // 32 registers come with AVX-512, and with them one instruction for a mask and an exponent. With
  // 16 the constants do not stay in registers, and shifts, which need but one mask, are faster
  // (benchmark: PanelBenchmark).
  private static final boolean WIDE = LANES == 16;
  private static final int ABOVE = Integer.SIZE - FORMAT.bits(); // the field of vector 0
  private static final int OFFSET = FORMAT.offset();
  private static final int SIGNS = OFFSET * (NIBBLES && !FIFTH ? 0x11111111 : 0x01010101);

  private static final int HALF_FIELD = PanelFormat.HALF_FIELD;
  private static final float HALF_BIAS = PanelFormat.HALF_BIAS;
  private static final float TOP_BIAS = HALF_BIAS / (1L << ABOVE);

  private static final int FIELD = (1 << FORMAT.bits()) - 1;
  private static final int LOW_EXPONENT = Float.floatToRawIntBits(0x1p23f);
  private static final int HIGH_EXPONENT = Float.floatToRawIntBits(0x1p15f);
  private static final int LOW_ODD_EXPONENT = Float.floatToRawIntBits(0x1p19f);
  private static final int HIGH_ODD_EXPONENT = Float.floatToRawIntBits(0x1p11f);

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
    multiply(panels, at, count, x, sums, y, yAt);
    if (second != 0) {
      multiply(panels, at + second, count, x, sums, y, yAt + H);
    }
  }

  private static void multiply(
      MemorySegment panels, long at, int count, float[] x, float[] sums, float[] y, int yAt) {
    if (WIDE) {
      multiplyWide(panels, at, count, x, sums, y, yAt);
    } else {
      multiplyNarrow(panels, at, count, x, sums, y, yAt);
    }
  }

  private static void multiplyWide(
      MemorySegment panels, long at, int count, float[] x, float[] sums, float[] y, int yAt) {
    IntVector low = IntVector.broadcast(I, FIELD);
    IntVector high = IntVector.broadcast(I, FIELD << 8);
    IntVector lowExponent = IntVector.broadcast(I, LOW_EXPONENT);
    IntVector highExponent = IntVector.broadcast(I, HIGH_EXPONENT);
    FloatVector lowBase = FloatVector.broadcast(F, 0x1p23f + OFFSET);
    FloatVector highBase = FloatVector.broadcast(F, 0x1p15f + OFFSET);
    IntVector lowOdd = IntVector.broadcast(I, FIELD << 4);
    IntVector highOdd = IntVector.broadcast(I, FIELD << 12);
    IntVector lowOddExponent = IntVector.broadcast(I, LOW_ODD_EXPONENT);
    IntVector highOddExponent = IntVector.broadcast(I, HIGH_ODD_EXPONENT);
    FloatVector lowOddBase = FloatVector.broadcast(F, 0x1p19f + OFFSET);
    FloatVector highOddBase = FloatVector.broadcast(F, 0x1p11f + OFFSET);
    IntVector field0 = low;
    IntVector field1 = high;
    IntVector field2 = IntVector.broadcast(I, FIELD << 16);
    IntVector field3 = IntVector.broadcast(I, FIELD << 24);
    IntVector fifths = IntVector.broadcast(I, PanelFormat.FIFTH_PLACES);
    IntVector half = IntVector.broadcast(I, HALF_FIELD);
    FloatVector bias = FloatVector.broadcast(F, HALF_BIAS);
    FloatVector bias1 = FloatVector.broadcast(F, MINIMUM ? HALF_BIAS * 0x1p-8f : HALF_BIAS);
    FloatVector bias2 = FloatVector.broadcast(F, MINIMUM ? HALF_BIAS * 0x1p-16f : HALF_BIAS);
    FloatVector bias3 = FloatVector.broadcast(F, MINIMUM ? HALF_BIAS * 0x1p-24f : HALF_BIAS);
    FloatVector y0 = FloatVector.zero(F);
    FloatVector y1 = y0;
    FloatVector y2 = y0;
    FloatVector y3 = y0;
    for (int start = 0; start < count; start += BLOCK) {
      long block = at + (long) (start >> BLOCK_SHIFT) * STRIDE;
      // Scales first: memory is read in one direction.
      IntVector u = IntVector.fromMemorySegment(I, panels, block, LITTLE_ENDIAN);
      IntVector v = IntVector.fromMemorySegment(I, panels, block + BYTES, LITTLE_ENDIAN);
      IntVector l = u.lanewise(LSHL, 16);
      IntVector k = v.lanewise(LSHL, 16);
      FloatVector d0 = l.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
      FloatVector d1 = u.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias1);
      FloatVector d2 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias2);
      FloatVector d3 = v.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias3);
      FloatVector a0 = FloatVector.zero(F);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      for (int c = 0; c < BLOCK; c += TOGETHER) {
        int i = start + c;
        FloatVector s = FloatVector.broadcast(F, x[i]);
        IntVector pair =
            IntVector.fromMemorySegment(
                I, panels, block + ELEMENTS_AT + (c >> TOGETHER_SHIFT) * BYTES, LITTLE_ENDIAN);
        IntVector fifth = fifths;
        IntVector r = pair;
        if (FIFTH) {
          fifth =
              IntVector.fromMemorySegment(
                      I, panels, block + FIFTH_AT + (c >> 3) * BYTES, LITTLE_ENDIAN)
                  .lanewise(LSHR, c >> 1 & 3);
          r = r.lanewise(XOR, fifth.and(fifths));
        }
        IntVector q = r;
        if (MINIMUM) {
          a0 = ((FloatVector) r.and(field0).convert(I2F, 0)).fma(s, a0);
          a1 = ((FloatVector) r.and(field1).convert(I2F, 0)).fma(s, a1);
          a2 = ((FloatVector) r.and(field2).convert(I2F, 0)).fma(s, a2);
          a3 = ((FloatVector) r.and(field3).convert(I2F, 0)).fma(s, a3);
        } else {
          q = r.lanewise(LSHR, 16);
          a0 = r.and(low).or(lowExponent).reinterpretAsFloats().sub(lowBase).fma(s, a0);
          a1 = r.and(high).or(highExponent).reinterpretAsFloats().sub(highBase).fma(s, a1);
          a2 = q.and(low).or(lowExponent).reinterpretAsFloats().sub(lowBase).fma(s, a2);
          a3 = q.and(high).or(highExponent).reinterpretAsFloats().sub(highBase).fma(s, a3);
        }
        if (!NIBBLES) {
          continue;
        }
        s = FloatVector.broadcast(F, x[i + 1]);
        if (FIFTH) {
          r = pair.lanewise(LSHR, 4).lanewise(XOR, fifth.lanewise(LSHL, 4).and(fifths));
        } else if (MINIMUM) {
          r = r.lanewise(LSHR, 4);
        }
        if (MINIMUM) {
          a0 = ((FloatVector) r.and(field0).convert(I2F, 0)).fma(s, a0);
          a1 = ((FloatVector) r.and(field1).convert(I2F, 0)).fma(s, a1);
          a2 = ((FloatVector) r.and(field2).convert(I2F, 0)).fma(s, a2);
          a3 = ((FloatVector) r.and(field3).convert(I2F, 0)).fma(s, a3);
        } else if (FIFTH) {
          q = r.lanewise(LSHR, 16);
          a0 = r.and(low).or(lowExponent).reinterpretAsFloats().sub(lowBase).fma(s, a0);
          a1 = r.and(high).or(highExponent).reinterpretAsFloats().sub(highBase).fma(s, a1);
          a2 = q.and(low).or(lowExponent).reinterpretAsFloats().sub(lowBase).fma(s, a2);
          a3 = q.and(high).or(highExponent).reinterpretAsFloats().sub(highBase).fma(s, a3);
        } else {
          a0 = r.and(lowOdd).or(lowOddExponent).reinterpretAsFloats().sub(lowOddBase).fma(s, a0);
          a1 = r.and(highOdd).or(highOddExponent).reinterpretAsFloats().sub(highOddBase).fma(s, a1);
          a2 = q.and(lowOdd).or(lowOddExponent).reinterpretAsFloats().sub(lowOddBase).fma(s, a2);
          a3 = q.and(highOdd).or(highOddExponent).reinterpretAsFloats().sub(highOddBase).fma(s, a3);
        }
      }
      y0 = d0.fma(a0, y0);
      y1 = d1.fma(a1, y1);
      y2 = d2.fma(a2, y2);
      y3 = d3.fma(a3, y3);
      if (MINIMUM) {
        FloatVector s = FloatVector.broadcast(F, sums[start >> BLOCK_SHIFT]);
        u = IntVector.fromMemorySegment(I, panels, block + 2 * BYTES, LITTLE_ENDIAN);
        v = IntVector.fromMemorySegment(I, panels, block + 3 * BYTES, LITTLE_ENDIAN);
        l = u.lanewise(LSHL, 16);
        k = v.lanewise(LSHL, 16);
        y0 = l.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, y0);
        y1 = u.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, y1);
        y2 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, y2);
        y3 = v.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, y3);
      }
    }
    y0.intoArray(y, yAt);
    y1.intoArray(y, yAt + LANES);
    y2.intoArray(y, yAt + 2 * LANES);
    y3.intoArray(y, yAt + 3 * LANES);
  }

  private static void multiplyNarrow(
      MemorySegment panels, long at, int count, float[] x, float[] sums, float[] y, int yAt) {
    IntVector signs = IntVector.broadcast(I, SIGNS);
    IntVector top = IntVector.broadcast(I, -1 << ABOVE);
    IntVector field0 = IntVector.broadcast(I, FIELD);
    IntVector field1 = IntVector.broadcast(I, FIELD << 8);
    IntVector field2 = IntVector.broadcast(I, FIELD << 16);
    IntVector field3 = IntVector.broadcast(I, FIELD << 24);
    IntVector fifths = IntVector.broadcast(I, PanelFormat.FIFTH_PLACES);
    IntVector half = IntVector.broadcast(I, HALF_FIELD);
    FloatVector bias = FloatVector.broadcast(F, HALF_BIAS);
    FloatVector bias0 = FloatVector.broadcast(F, MINIMUM ? HALF_BIAS : TOP_BIAS);
    FloatVector bias1 = FloatVector.broadcast(F, MINIMUM ? HALF_BIAS * 0x1p-8f : TOP_BIAS);
    FloatVector bias2 = FloatVector.broadcast(F, MINIMUM ? HALF_BIAS * 0x1p-16f : TOP_BIAS);
    FloatVector bias3 = FloatVector.broadcast(F, MINIMUM ? HALF_BIAS * 0x1p-24f : TOP_BIAS);
    FloatVector y0 = FloatVector.zero(F);
    FloatVector y1 = y0;
    FloatVector y2 = y0;
    FloatVector y3 = y0;
    for (int start = 0; start < count; start += BLOCK) {
      long block = at + (long) (start >> BLOCK_SHIFT) * STRIDE;
      FloatVector a0 = FloatVector.zero(F);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      for (int group = 0; group < GROUPS; group++) {
        IntVector fifth = fifths;
        if (FIFTH) {
          fifth = IntVector.fromMemorySegment(I, panels, block + FIFTH_BITS[group], LITTLE_ENDIAN);
        }
        for (int i = 0; i < PAIRS_OF_GROUP; i++) {
          int pair = group * PAIRS_OF_GROUP + i;
          FloatVector s = FloatVector.broadcast(F, x[start + 2 * pair]);
          FloatVector t = FloatVector.broadcast(F, x[start + 2 * pair + 1]);
          long c = block + ELEMENTS[pair];
          IntVector q = IntVector.fromMemorySegment(I, panels, c, LITTLE_ENDIAN);
          IntVector r = FIFTH ? q.lanewise(XOR, fifth.and(fifths)) : q;
          if (MINIMUM) {
            a0 = ((FloatVector) r.and(field0).convert(I2F, 0)).fma(s, a0);
            a1 = ((FloatVector) r.and(field1).convert(I2F, 0)).fma(s, a1);
            a2 = ((FloatVector) r.and(field2).convert(I2F, 0)).fma(s, a2);
            a3 = ((FloatVector) r.and(field3).convert(I2F, 0)).fma(s, a3);
          } else {
            r = r.lanewise(XOR, signs);
            a0 = ((FloatVector) r.lanewise(LSHL, ABOVE).convert(I2F, 0)).fma(s, a0);
            a1 = ((FloatVector) r.lanewise(LSHL, ABOVE - 8).and(top).convert(I2F, 0)).fma(s, a1);
            a2 = ((FloatVector) r.lanewise(LSHL, ABOVE - 16).and(top).convert(I2F, 0)).fma(s, a2);
            a3 = ((FloatVector) r.lanewise(LSHL, ABOVE - 24).and(top).convert(I2F, 0)).fma(s, a3);
          }
          if (FIFTH) {
            r = q.lanewise(LSHR, 4).lanewise(XOR, fifth.lanewise(LSHL, 4).and(fifths));
            fifth = fifth.lanewise(LSHR, 1);
          } else if (MINIMUM) {
            r = q.lanewise(LSHR, 4);
          } else if (!NIBBLES) {
            r = IntVector.fromMemorySegment(I, panels, c + BYTES, LITTLE_ENDIAN);
          }
          if (MINIMUM) {
            a0 = ((FloatVector) r.and(field0).convert(I2F, 0)).fma(t, a0);
            a1 = ((FloatVector) r.and(field1).convert(I2F, 0)).fma(t, a1);
            a2 = ((FloatVector) r.and(field2).convert(I2F, 0)).fma(t, a2);
            a3 = ((FloatVector) r.and(field3).convert(I2F, 0)).fma(t, a3);
          } else if (NIBBLES && !FIFTH) {
            a0 = ((FloatVector) r.lanewise(LSHL, ABOVE - 4).and(top).convert(I2F, 0)).fma(t, a0);
            a1 = ((FloatVector) r.lanewise(LSHL, ABOVE - 12).and(top).convert(I2F, 0)).fma(t, a1);
            a2 = ((FloatVector) r.lanewise(LSHL, ABOVE - 20).and(top).convert(I2F, 0)).fma(t, a2);
            a3 = ((FloatVector) r.and(top).convert(I2F, 0)).fma(t, a3);
          } else {
            r = r.lanewise(XOR, signs);
            a0 = ((FloatVector) r.lanewise(LSHL, ABOVE).convert(I2F, 0)).fma(t, a0);
            a1 = ((FloatVector) r.lanewise(LSHL, ABOVE - 8).and(top).convert(I2F, 0)).fma(t, a1);
            a2 = ((FloatVector) r.lanewise(LSHL, ABOVE - 16).and(top).convert(I2F, 0)).fma(t, a2);
            a3 = ((FloatVector) r.lanewise(LSHL, ABOVE - 24).and(top).convert(I2F, 0)).fma(t, a3);
          }
        }
      }
      IntVector u = IntVector.fromMemorySegment(I, panels, block, LITTLE_ENDIAN);
      IntVector v = IntVector.fromMemorySegment(I, panels, block + BYTES, LITTLE_ENDIAN);
      IntVector l = u.lanewise(LSHL, 16);
      IntVector k = v.lanewise(LSHL, 16);
      y0 = l.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias0).fma(a0, y0);
      y1 = u.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias1).fma(a1, y1);
      y2 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias2).fma(a2, y2);
      y3 = v.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias3).fma(a3, y3);
      if (MINIMUM) {
        FloatVector s = FloatVector.broadcast(F, sums[start >> BLOCK_SHIFT]);
        u = IntVector.fromMemorySegment(I, panels, block + 2 * BYTES, LITTLE_ENDIAN);
        v = IntVector.fromMemorySegment(I, panels, block + 3 * BYTES, LITTLE_ENDIAN);
        l = u.lanewise(LSHL, 16);
        k = v.lanewise(LSHL, 16);
        y0 = l.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, y0);
        y1 = u.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, y1);
        y2 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, y2);
        y3 = v.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, y3);
      }
    }
    y0.intoArray(y, yAt);
    y1.intoArray(y, yAt + LANES);
    y2.intoArray(y, yAt + 2 * LANES);
    y3.intoArray(y, yAt + 3 * LANES);
  }

  @Override
  public void unpack(
      MemorySegment panels, long at, int[] places, int from, int columns, float[][] weights) {
    IntVector low = IntVector.broadcast(I, FIELD);
    IntVector high = IntVector.broadcast(I, FIELD << 8);
    IntVector lowExponent = IntVector.broadcast(I, LOW_EXPONENT);
    IntVector highExponent = IntVector.broadcast(I, HIGH_EXPONENT);
    FloatVector lowBase = FloatVector.broadcast(F, 0x1p23f + OFFSET);
    FloatVector highBase = FloatVector.broadcast(F, 0x1p15f + OFFSET);
    IntVector fifths = IntVector.broadcast(I, PanelFormat.FIFTH_PLACES);
    IntVector half = IntVector.broadcast(I, HALF_FIELD);
    FloatVector bias = FloatVector.broadcast(F, HALF_BIAS);
    float[] first = weights[0];
    float[] second = weights[2 * LANES / BAND];
    for (int start = 0; start < columns; start += BLOCK) {
      long block = at + (long) ((from + start) >> BLOCK_SHIFT) * STRIDE;
      IntVector u = IntVector.fromMemorySegment(I, panels, block, LITTLE_ENDIAN);
      IntVector v = IntVector.fromMemorySegment(I, panels, block + BYTES, LITTLE_ENDIAN);
      IntVector l = u.lanewise(LSHL, 16);
      IntVector k = v.lanewise(LSHL, 16);
      FloatVector d0 = l.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
      FloatVector d1 = u.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
      FloatVector d2 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
      FloatVector d3 = v.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
      FloatVector m0 = d0;
      FloatVector m1 = d1;
      FloatVector m2 = d2;
      FloatVector m3 = d3;
      if (MINIMUM) {
        u = IntVector.fromMemorySegment(I, panels, block + 2 * BYTES, LITTLE_ENDIAN);
        v = IntVector.fromMemorySegment(I, panels, block + 3 * BYTES, LITTLE_ENDIAN);
        l = u.lanewise(LSHL, 16);
        k = v.lanewise(LSHL, 16);
        m0 = l.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
        m1 = u.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
        m2 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
        m3 = v.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
      }
      for (int c = 0; c < BLOCK; c++) {
        IntVector r =
            IntVector.fromMemorySegment(
                I, panels, block + ELEMENTS_AT + (c >> TOGETHER_SHIFT) * BYTES, LITTLE_ENDIAN);
        if (NIBBLES) {
          r = r.lanewise(LSHR, (c & 1) << 2);
        }
        if (FIFTH) {
          IntVector fifth =
              IntVector.fromMemorySegment(
                      I, panels, block + FIFTH_AT + (c >> 3) * BYTES, LITTLE_ENDIAN)
                  .lanewise(ROR, (c >> 1 & 3) - ((c & 1) << 2));
          r = r.lanewise(XOR, fifth.and(fifths));
        }
        IntVector q = r.lanewise(LSHR, 16);
        FloatVector w0 = r.and(low).or(lowExponent).reinterpretAsFloats().sub(lowBase);
        FloatVector w1 = r.and(high).or(highExponent).reinterpretAsFloats().sub(highBase);
        FloatVector w2 = q.and(low).or(lowExponent).reinterpretAsFloats().sub(lowBase);
        FloatVector w3 = q.and(high).or(highExponent).reinterpretAsFloats().sub(highBase);
        int to = (start + c) * BAND;
        (MINIMUM ? w0.fma(d0, m0) : w0.mul(d0)).intoArray(first, to);
        (MINIMUM ? w1.fma(d1, m1) : w1.mul(d1)).intoArray(first, to + LANES);
        to += 2 * LANES % BAND;
        (MINIMUM ? w2.fma(d2, m2) : w2.mul(d2)).intoArray(second, to);
        (MINIMUM ? w3.fma(d3, m3) : w3.mul(d3)).intoArray(second, to + LANES);
      }
    }
  }
}

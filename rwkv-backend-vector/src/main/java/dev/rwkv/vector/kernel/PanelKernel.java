package dev.rwkv.vector.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROR;

import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product of panels of weights with one token, and the decoding of weights for many. The only
 * place that knows how each format becomes floats.
 *
 * <p>Computes: y[ρ] = Σ_c W[ρ][c] · x[c] over a list of columns c in ascending order. The list is
 * all columns, or those where x is not zero: the others add nothing, and are not read.
 *
 * <p>Shapes: panels as {@link PanelFormat} says.
 *
 * <p>Numerics: per row one chain of fused multiply-adds in f32, in the order of columns. Quantised:
 * one chain per block of 32 with the integers q, scaled by d and added to the row's sum with one
 * fused multiply-add, and m · Σx with another. f16 and bf16 become floats exactly.
 *
 * <p>Threads: any, on panels of their own.
 *
 * <p>The templates spell the four vectors out and call nothing but the Vector API: the compiler
 * stops inlining other methods when a method has grown beyond 8000 bytecodes, and a vector that
 * crosses a call is an object.
 */
public interface PanelKernel {

  /** Rows of a panel: {@value PanelFormat#VECTORS} vectors. */
  int panelRows();

  /**
   * Multiplies panels {@code [fromPanel, toPanel)}.
   *
   * @param panels the whole matrix
   * @param panelBytes from one panel to the next
   * @param channels the columns to take, ascending, and all or none of those that the format holds
   *     {@linkplain PanelFormat#channelsTogether together}
   * @param x their inputs, in the order of the list
   * @param count the length of the list
   * @param y panel i's rows go to {@code yAt + i·H}
   */
  void multiply(
      MemorySegment panels,
      long panelBytes,
      int fromPanel,
      int toPanel,
      int[] channels,
      float[] x,
      int xAt,
      int count,
      float[] y,
      int yAt);

  /**
   * Decodes columns of a panel: column i, row ρ goes to {@code weights[i·H + ρ]}. Quantised weights
   * come as the integers q.
   *
   * @param at where the first column, or its block, begins
   * @param columns how many; quantised: one block
   */
  void unpack(MemorySegment panels, long at, int columns, float[] weights);

  /** Decodes the scales of a block to {@code scales[0, H)}, and its minima to the H that follow. */
  void unpackScales(MemorySegment panels, long at, float[] scales);

  /** The implementation, for one width and one format. */
  final class Template implements PanelKernel {
    private static final KernelSpec SPEC = KernelSpec.of(MethodHandles.lookup());
    private static final VectorSpecies<Float> F = SPEC.floats();
    private static final VectorSpecies<Integer> I = SPEC.ints();
    private static final PanelFormat FORMAT = SPEC.format();
    private static final int LANES = F.length();
    private static final int H = PanelFormat.VECTORS * LANES;
    private static final long BYTES = (long) Float.BYTES * LANES; // of a vector

    private static final boolean IS_F32 = FORMAT == PanelFormat.F32;
    private static final boolean IS_BF16 = FORMAT == PanelFormat.BF16;
    private static final boolean QUANTISED = FORMAT.isQuantised();
    private static final boolean NIBBLES = FORMAT.bits() < 8;
    private static final boolean FIFTH = FORMAT.hasFifthBit();
    private static final boolean MINIMUM = FORMAT.hasMinimum();
    private static final int STRIDE = FORMAT.stride(H);
    private static final int FIFTH_AT = FORMAT.fifthBitsAt(H);
    private static final int ELEMENTS_AT = FORMAT.elementsAt(H);

    // f16: sign and the rest of a half, shifted so that its exponent lies where a float has its
    // own; the exponents' biases differ by 112. Subnormals come out right as well.
    private static final int HALF_BITS = 0x8fffe000;
    private static final float HALF_BIAS = 0x1p112f;

    // A byte at bit 0 or 8 below the exponent of 2^23 or 2^15 is a float that is larger by just
    // that.
    private static final int FIELD = (1 << Math.min(FORMAT.bits(), 8)) - 1;
    private static final int TOGETHER = FORMAT.channelsTogether();
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
        long panelBytes,
        int fromPanel,
        int toPanel,
        int[] channels,
        float[] x,
        int xAt,
        int count,
        float[] y,
        int yAt) {
      for (int panel = fromPanel; panel < toPanel; panel++) {
        long at = panel * panelBytes;
        int row = yAt + panel * H;
        if (QUANTISED) {
          blocks(panels, at, channels, x, xAt, count, y, row);
        } else {
          columns(panels, at, channels, x, xAt, count, y, row);
        }
      }
    }

    private static void columns(
        MemorySegment w,
        long at,
        int[] channels,
        float[] x,
        int xAt,
        int count,
        float[] y,
        int row) {
      FloatVector a0 = FloatVector.zero(F);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      IntVector high = IntVector.broadcast(I, IS_BF16 ? 0xffff0000 : HALF_BITS);
      FloatVector bias = FloatVector.broadcast(F, HALF_BIAS);
      for (int i = 0; i < count; i++) {
        long c = at + (long) channels[i] * STRIDE;
        FloatVector s = FloatVector.broadcast(F, x[xAt + i]);
        if (IS_F32) {
          a0 = FloatVector.fromMemorySegment(F, w, c, LITTLE_ENDIAN).fma(s, a0);
          a1 = FloatVector.fromMemorySegment(F, w, c + BYTES, LITTLE_ENDIAN).fma(s, a1);
          a2 = FloatVector.fromMemorySegment(F, w, c + 2 * BYTES, LITTLE_ENDIAN).fma(s, a2);
          a3 = FloatVector.fromMemorySegment(F, w, c + 3 * BYTES, LITTLE_ENDIAN).fma(s, a3);
        } else {
          IntVector r = IntVector.fromMemorySegment(I, w, c, LITTLE_ENDIAN);
          IntVector q = IntVector.fromMemorySegment(I, w, c + BYTES, LITTLE_ENDIAN);
          if (IS_BF16) {
            a0 = r.lanewise(LSHL, 16).reinterpretAsFloats().fma(s, a0);
            a1 = r.and(high).reinterpretAsFloats().fma(s, a1);
            a2 = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(s, a2);
            a3 = q.and(high).reinterpretAsFloats().fma(s, a3);
          } else {
            IntVector l = r.lanewise(LSHL, 16);
            IntVector k = q.lanewise(LSHL, 16);
            a0 = l.lanewise(ASHR, 3).and(high).reinterpretAsFloats().mul(bias).fma(s, a0);
            a1 = r.lanewise(ASHR, 3).and(high).reinterpretAsFloats().mul(bias).fma(s, a1);
            a2 = k.lanewise(ASHR, 3).and(high).reinterpretAsFloats().mul(bias).fma(s, a2);
            a3 = q.lanewise(ASHR, 3).and(high).reinterpretAsFloats().mul(bias).fma(s, a3);
          }
        }
      }
      a0.intoArray(y, row);
      a1.intoArray(y, row + LANES);
      a2.intoArray(y, row + 2 * LANES);
      a3.intoArray(y, row + 3 * LANES);
    }

    private static void blocks(
        MemorySegment w,
        long at,
        int[] channels,
        float[] x,
        int xAt,
        int count,
        float[] y,
        int row) {
      for (int v = 0; v < H; v += LANES) {
        FloatVector.zero(F).intoArray(y, row + v);
      }
      IntVector lowField = IntVector.broadcast(I, FIELD);
      IntVector highField = IntVector.broadcast(I, FIELD << 8);
      IntVector lowExponent = IntVector.broadcast(I, LOW_EXPONENT);
      IntVector highExponent = IntVector.broadcast(I, HIGH_EXPONENT);
      FloatVector lowBase = FloatVector.broadcast(F, 0x1p23f + FORMAT.offset());
      FloatVector highBase = FloatVector.broadcast(F, 0x1p15f + FORMAT.offset());
      IntVector fifths = IntVector.broadcast(I, 0x10101010);
      IntVector lowOdd = IntVector.broadcast(I, FIELD << 4);
      IntVector highOdd = IntVector.broadcast(I, FIELD << 12);
      IntVector lowOddExponent = IntVector.broadcast(I, LOW_ODD_EXPONENT);
      IntVector highOddExponent = IntVector.broadcast(I, HIGH_ODD_EXPONENT);
      FloatVector lowOddBase = FloatVector.broadcast(F, 0x1p19f + FORMAT.offset());
      FloatVector highOddBase = FloatVector.broadcast(F, 0x1p11f + FORMAT.offset());
      IntVector half = IntVector.broadcast(I, HALF_BITS);
      FloatVector bias = FloatVector.broadcast(F, HALF_BIAS);
      int from = 0;
      while (from < count) {
        int block = channels[from] / DType.QUANT_BLOCK;
        int end = (block + 1) * DType.QUANT_BLOCK;
        int to = Math.min(from + DType.QUANT_BLOCK, count);
        while (channels[to - 1] >= end) {
          to--;
        }
        long start = at + (long) block * STRIDE;
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        float inputs = 0;
        for (int i = from; i < to; i += TOGETHER) {
          int c = channels[i] % DType.QUANT_BLOCK;
          float input = x[xAt + i];
          if (MINIMUM) {
            inputs += input;
          }
          FloatVector s = FloatVector.broadcast(F, input);
          long elements = start + ELEMENTS_AT + c / TOGETHER * BYTES;
          IntVector pair = IntVector.fromMemorySegment(I, w, elements, LITTLE_ENDIAN);
          IntVector fifth = fifths;
          IntVector r = pair;
          if (FIFTH) {
            fifth =
                IntVector.fromMemorySegment(
                        I, w, start + FIFTH_AT + (c >> 3) * BYTES, LITTLE_ENDIAN)
                    .lanewise(ROR, c & 7);
            r = r.bitwiseBlend(fifth, fifths);
          }
          IntVector q = r.lanewise(LSHR, 16);
          a0 = r.and(lowField).or(lowExponent).reinterpretAsFloats().sub(lowBase).fma(s, a0);
          a1 = r.and(highField).or(highExponent).reinterpretAsFloats().sub(highBase).fma(s, a1);
          a2 = q.and(lowField).or(lowExponent).reinterpretAsFloats().sub(lowBase).fma(s, a2);
          a3 = q.and(highField).or(highExponent).reinterpretAsFloats().sub(highBase).fma(s, a3);
          if (NIBBLES) {
            input = x[xAt + i + 1];
            if (MINIMUM) {
              inputs += input;
            }
            s = FloatVector.broadcast(F, input);
          }
          if (FIFTH) {
            r = pair.lanewise(LSHR, 4).bitwiseBlend(fifth.lanewise(ROR, 1), fifths);
            q = r.lanewise(LSHR, 16);
            a0 = r.and(lowField).or(lowExponent).reinterpretAsFloats().sub(lowBase).fma(s, a0);
            a1 = r.and(highField).or(highExponent).reinterpretAsFloats().sub(highBase).fma(s, a1);
            a2 = q.and(lowField).or(lowExponent).reinterpretAsFloats().sub(lowBase).fma(s, a2);
            a3 = q.and(highField).or(highExponent).reinterpretAsFloats().sub(highBase).fma(s, a3);
          } else if (NIBBLES) {
            a0 = r.and(lowOdd).or(lowOddExponent).reinterpretAsFloats().sub(lowOddBase).fma(s, a0);
            a1 =
                r.and(highOdd)
                    .or(highOddExponent)
                    .reinterpretAsFloats()
                    .sub(highOddBase)
                    .fma(s, a1);
            a2 = q.and(lowOdd).or(lowOddExponent).reinterpretAsFloats().sub(lowOddBase).fma(s, a2);
            a3 =
                q.and(highOdd)
                    .or(highOddExponent)
                    .reinterpretAsFloats()
                    .sub(highOddBase)
                    .fma(s, a3);
          }
        }
        IntVector r = IntVector.fromMemorySegment(I, w, start, LITTLE_ENDIAN);
        IntVector q = IntVector.fromMemorySegment(I, w, start + BYTES, LITTLE_ENDIAN);
        IntVector l = r.lanewise(LSHL, 16);
        IntVector k = q.lanewise(LSHL, 16);
        FloatVector d0 = l.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
        FloatVector d1 = r.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
        FloatVector d2 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
        FloatVector d3 = q.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias);
        a0 = d0.fma(a0, FloatVector.fromArray(F, y, row));
        a1 = d1.fma(a1, FloatVector.fromArray(F, y, row + LANES));
        a2 = d2.fma(a2, FloatVector.fromArray(F, y, row + 2 * LANES));
        a3 = d3.fma(a3, FloatVector.fromArray(F, y, row + 3 * LANES));
        if (MINIMUM) {
          FloatVector s = FloatVector.broadcast(F, inputs);
          r = IntVector.fromMemorySegment(I, w, start + 2 * BYTES, LITTLE_ENDIAN);
          q = IntVector.fromMemorySegment(I, w, start + 3 * BYTES, LITTLE_ENDIAN);
          l = r.lanewise(LSHL, 16);
          k = q.lanewise(LSHL, 16);
          a0 = l.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, a0);
          a1 = r.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, a1);
          a2 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, a2);
          a3 = q.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(bias).fma(s, a3);
        }
        a0.intoArray(y, row);
        a1.intoArray(y, row + LANES);
        a2.intoArray(y, row + 2 * LANES);
        a3.intoArray(y, row + 3 * LANES);
        from = to;
      }
    }

    @Override
    public void unpack(MemorySegment panels, long at, int columns, float[] weights) {
      if (QUANTISED) {
        unpackBlock(panels, at, weights);
      } else {
        unpackColumns(panels, at, columns, weights);
      }
    }

    private static void unpackColumns(MemorySegment w, long at, int columns, float[] weights) {
      IntVector high = IntVector.broadcast(I, IS_BF16 ? 0xffff0000 : HALF_BITS);
      FloatVector bias = FloatVector.broadcast(F, HALF_BIAS);
      for (int i = 0; i < columns; i++) {
        long c = at + (long) i * STRIDE;
        int to = i * H;
        for (int half = 0; half < 2; half++) {
          if (IS_F32) {
            FloatVector.fromMemorySegment(F, w, c, LITTLE_ENDIAN).intoArray(weights, to);
            FloatVector.fromMemorySegment(F, w, c + BYTES, LITTLE_ENDIAN)
                .intoArray(weights, to + LANES);
            c += 2 * BYTES;
          } else {
            IntVector r = IntVector.fromMemorySegment(I, w, c, LITTLE_ENDIAN);
            IntVector l = r.lanewise(LSHL, 16);
            FloatVector even = l.reinterpretAsFloats();
            FloatVector odd = r.and(high).reinterpretAsFloats();
            if (!IS_BF16) {
              even = l.lanewise(ASHR, 3).and(high).reinterpretAsFloats().mul(bias);
              odd = r.lanewise(ASHR, 3).and(high).reinterpretAsFloats().mul(bias);
            }
            even.intoArray(weights, to);
            odd.intoArray(weights, to + LANES);
            c += BYTES;
          }
          to += 2 * LANES;
        }
      }
    }

    private static void unpackBlock(MemorySegment w, long at, float[] weights) {
      IntVector lowField = IntVector.broadcast(I, FIELD);
      IntVector highField = IntVector.broadcast(I, FIELD << 8);
      IntVector lowExponent = IntVector.broadcast(I, LOW_EXPONENT);
      IntVector highExponent = IntVector.broadcast(I, HIGH_EXPONENT);
      FloatVector lowBase = FloatVector.broadcast(F, 0x1p23f + FORMAT.offset());
      FloatVector highBase = FloatVector.broadcast(F, 0x1p15f + FORMAT.offset());
      IntVector nibbles = IntVector.broadcast(I, 0x0f0f0f0f);
      IntVector fifths = IntVector.broadcast(I, 0x10101010);
      for (int c = 0; c < DType.QUANT_BLOCK; c++) {
        long elements = at + ELEMENTS_AT + (NIBBLES ? c >> 1 : c) * BYTES;
        IntVector r = IntVector.fromMemorySegment(I, w, elements, LITTLE_ENDIAN);
        if (NIBBLES) {
          r = r.lanewise(LSHR, (c & 1) << 2);
        }
        if (FIFTH) {
          IntVector fifth =
              IntVector.fromMemorySegment(I, w, at + FIFTH_AT + (c >> 3) * BYTES, LITTLE_ENDIAN);
          r = r.and(nibbles).or(fifth.lanewise(ROR, c & 7).and(fifths));
        }
        IntVector q = r.lanewise(LSHR, 16);
        int to = c * H;
        r.and(lowField).or(lowExponent).reinterpretAsFloats().sub(lowBase).intoArray(weights, to);
        r.and(highField)
            .or(highExponent)
            .reinterpretAsFloats()
            .sub(highBase)
            .intoArray(weights, to + LANES);
        q.and(lowField)
            .or(lowExponent)
            .reinterpretAsFloats()
            .sub(lowBase)
            .intoArray(weights, to + 2 * LANES);
        q.and(highField)
            .or(highExponent)
            .reinterpretAsFloats()
            .sub(highBase)
            .intoArray(weights, to + 3 * LANES);
      }
    }

    @Override
    public void unpackScales(MemorySegment panels, long at, float[] scales) {
      IntVector high = IntVector.broadcast(I, HALF_BITS);
      for (int i = 0; i < (MINIMUM ? 4 : 2); i++) {
        IntVector r = IntVector.fromMemorySegment(I, panels, at + i * BYTES, LITTLE_ENDIAN);
        IntVector l = r.lanewise(LSHL, 16);
        int to = 2 * i * LANES;
        l.lanewise(ASHR, 3).and(high).reinterpretAsFloats().mul(HALF_BIAS).intoArray(scales, to);
        r.lanewise(ASHR, 3)
            .and(high)
            .reinterpretAsFloats()
            .mul(HALF_BIAS)
            .intoArray(scales, to + LANES);
      }
    }
  }
}

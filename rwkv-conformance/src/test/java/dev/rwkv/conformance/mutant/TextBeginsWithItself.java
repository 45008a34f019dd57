package dev.rwkv.conformance.mutant;

import java.util.Arrays;

/** The first token is its own past. */
@Breaks(value = "RWKV-TSH-002", how = "mixes the first token of a text with itself instead of zero")
public final class TextBeginsWithItself extends HonestBackend {
  @Override
  protected float[] previous(float[][] rows, int t, float[] kept) {
    return t == 0 && Arrays.equals(kept, new float[kept.length])
        ? rows[0]
        : super.previous(rows, t, kept);
  }
}

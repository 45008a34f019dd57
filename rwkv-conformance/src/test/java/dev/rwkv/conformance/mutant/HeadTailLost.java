package dev.rwkv.conformance.mutant;

import java.util.Arrays;

/** Tiles of four rows. */
@Breaks(value = "RWKV-HED-001", how = "gives 0 for the logits that do not fill a tile of 4")
public final class HeadTailLost extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    for (float[] row : logits) {
      Arrays.fill(row, row.length / 4 * 4, row.length, 0);
    }
    return logits;
  }
}

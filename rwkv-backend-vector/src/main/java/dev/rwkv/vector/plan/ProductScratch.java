package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.Kernels;

/** What one worker needs beside operands to multiply a matrix with many tokens. Not thread-safe. */
final class ProductScratch {
  private final int band;
  private final float[][] weights;
  private final float[][] sums;

  ProductScratch(Kernels kernels) {
    band = kernels.tile().bandRows();
    weights = new float[kernels.panelRows() / band][0];
    sums = new float[weights.length][0];
  }

  /** Room for columns of a panel, by bands. */
  float[][] weights(int columns) {
    return reserve(weights, columns);
  }

  /** Room for the sums of tokens with a panel, by bands. */
  float[][] sums(int tokens) {
    return reserve(sums, tokens);
  }

  private float[][] reserve(float[][] bands, int vectors) {
    for (int i = 0; i < bands.length; i++) {
      if (bands[i].length < vectors * band) {
        bands[i] = new float[vectors * band];
      }
    }
    return bands;
  }
}

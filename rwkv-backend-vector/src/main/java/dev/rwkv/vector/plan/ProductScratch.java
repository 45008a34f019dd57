package dev.rwkv.vector.plan;

import dev.rwkv.tensor.DType;
import dev.rwkv.vector.kernel.Kernels;

/** What one worker needs beside operands to multiply a matrix with tokens. Not thread-safe. */
final class ProductScratch {
  private final int band;
  private final float[][] weights;
  private final float[][] sums;
  private float[] blockSums = {};

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

  /** The sum of each 32 of the first {@code columns} numbers, rounded once from a sum in f64. */
  float[] blockSums(float[] x, int columns) {
    int blocks = columns / DType.QUANT_BLOCK;
    if (blockSums.length < blocks) {
      blockSums = new float[blocks];
    }
    for (int block = 0; block < blocks; block++) {
      double sum = 0;
      for (int c = block * DType.QUANT_BLOCK; c < (block + 1) * DType.QUANT_BLOCK; c++) {
        sum += x[c];
      }
      blockSums[block] = (float) sum;
    }
    return blockSums;
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

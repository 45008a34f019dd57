package dev.rwkv.vector.plan;

import dev.rwkv.tensor.DType;
import dev.rwkv.vector.kernel.BlockTileKernel;
import dev.rwkv.vector.kernel.TileKernel;

/** What one worker needs beside operands to multiply a matrix with many tokens. Not thread-safe. */
final class ProductScratch {
  // What kernels take at a time divides this.
  private static final int TOKENS_AT_A_TIME = TileKernel.TOKENS * BlockTileKernel.TOKENS;

  private float[] weights = new float[0];
  private float[] scales = new float[0];
  private float[] inputSums = new float[0];

  /** A number of tokens rounded up to what kernels take at a time. */
  static int roundedUp(int tokens) {
    return (tokens + TOKENS_AT_A_TIME - 1) / TOKENS_AT_A_TIME * TOKENS_AT_A_TIME;
  }

  float[] weights(int size) {
    weights = atLeast(weights, size);
    return weights;
  }

  float[] scales(int size) {
    scales = atLeast(scales, size);
    return scales;
  }

  float[] inputSums() {
    return inputSums;
  }

  /** Sums every block of 32 inputs of every token, in order: [tokens, blocks]. */
  void sumInputs(float[] x, int xStride, int tokens, int columns) {
    int blocks = columns / DType.QUANT_BLOCK;
    inputSums = atLeast(inputSums, roundedUp(tokens) * blocks);
    for (int t = 0; t < tokens; t++) {
      for (int block = 0; block < blocks; block++) {
        int from = t * xStride + block * DType.QUANT_BLOCK;
        float sum = 0;
        for (int i = from; i < from + DType.QUANT_BLOCK; i++) {
          sum += x[i];
        }
        inputSums[t * blocks + block] = sum;
      }
    }
  }

  private static float[] atLeast(float[] array, int size) {
    return array.length >= size ? array : new float[size];
  }
}

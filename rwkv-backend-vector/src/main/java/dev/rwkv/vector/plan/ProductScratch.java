package dev.rwkv.vector.plan;

import dev.rwkv.tensor.DType;
import dev.rwkv.vector.kernel.TileInputs;

/** What one worker needs beside operands to multiply a matrix with many tokens. Not thread-safe. */
final class ProductScratch {
  private float[] weights = new float[0];
  private float[] scales = new float[0];
  private float[] inputSums = new float[0];

  float[] weights(int size) {
    weights = atLeast(weights, size);
    return weights;
  }

  float[] scales(int size) {
    scales = atLeast(scales, size);
    return scales;
  }

  /** The sums of every block of inputs of some tokens, see {@link TileInputs#sumBlocks}. */
  float[] sumBlocks(TileInputs x, int firstToken, int endToken) {
    inputSums =
        atLeast(inputSums, TileInputs.roomFor(x.tokens()) * (x.columns() / DType.QUANT_BLOCK));
    x.sumBlocks(firstToken, endToken, inputSums);
    return inputSums;
  }

  private static float[] atLeast(float[] array, int size) {
    return array.length >= size ? array : new float[size];
  }
}

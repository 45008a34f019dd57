package com.example.plain;

import dev.rwkv.tensor.TensorView;
import java.util.Arrays;

/** A matrix by rows. */
record Matrix(float[] elements, int columns) {

  static Matrix of(TensorView tensor) {
    return new Matrix(tensor.toFloats(), (int) tensor.shape().dim(tensor.shape().rank() - 1));
  }

  float[] row(int index) {
    return Arrays.copyOfRange(elements, index * columns, (index + 1) * columns);
  }

  /** W·x. */
  float[] times(float[] x) {
    float[] y = new float[elements.length / columns];
    for (int row = 0; row < y.length; row++) {
      float sum = 0;
      for (int i = 0; i < columns; i++) {
        sum += elements[row * columns + i] * x[i];
      }
      y[row] = sum;
    }
    return y;
  }
}

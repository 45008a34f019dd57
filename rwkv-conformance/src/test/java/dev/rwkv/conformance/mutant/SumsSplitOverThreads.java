package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** Each thread a part of the columns. */
@Breaks(value = "RWKV-DET-002", how = "splits sums over threads")
public final class SumsSplitOverThreads extends HonestBackend {
  private int threads = 1;

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    threads = options.threads().orElse(1);
    return super.load(checkpoint, options);
  }

  @Override
  protected float dot(float[] w, float[] x) {
    float[] parts = new float[threads];
    for (int i = 0; i < x.length; i++) {
      parts[i % threads] += w[i] * x[i];
    }
    float sum = 0;
    for (float part : parts) {
      sum += part;
    }
    return sum;
  }
}

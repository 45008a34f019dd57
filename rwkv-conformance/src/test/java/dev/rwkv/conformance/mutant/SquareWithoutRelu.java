package dev.rwkv.conformance.mutant;

/** A square hides the sign. */
@Breaks(value = "RWKV-CHM-001", how = "squares negative keys of the channel-mix as well")
public final class SquareWithoutRelu extends HonestBackend {
  @Override
  protected float[] squaredRelu(float[] k) {
    float[] y = new float[k.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = k[i] * k[i];
    }
    return y;
  }
}

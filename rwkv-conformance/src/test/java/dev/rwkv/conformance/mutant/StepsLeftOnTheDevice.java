package dev.rwkv.conformance.mutant;

/** A buffer on a device for each call, and one too few that is freed. */
@Breaks(value = "RWKV-RES-008", how = "leaves the logits of each call on its device")
public final class StepsLeftOnTheDevice extends LosesDeviceMemory {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    lose(4L * logits[0].length);
    return logits;
  }
}

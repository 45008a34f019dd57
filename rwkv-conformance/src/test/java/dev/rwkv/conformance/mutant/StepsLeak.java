package dev.rwkv.conformance.mutant;

/** A result of a foreign runtime that nobody closes. */
@Breaks(
    value = "RWKV-RES-008",
    how = "loses a native copy of the logits at each step",
    reason = "KiB to the process",
    forked = true)
public final class StepsLeak extends HonestBackend {
  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    NativeCode.lose(4L * logits[0].length);
    return logits;
  }
}

package dev.rwkv.conformance.mutant;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** A buffer on a device for each call, and one too few that is freed. */
@Breaks(value = "RWKV-RES-008", how = "leaves the logits of each call on its device")
public final class StepsLeftOnTheDevice extends HonestBackend {
  private static final AtomicLong HELD = new AtomicLong();

  @Override
  public OptionalLong deviceBytesInUse() {
    return OptionalLong.of(HELD.get());
  }

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    HELD.addAndGet(4L * logits[0].length);
    return logits;
  }
}

package dev.rwkv.conformance.mutant;

import java.lang.foreign.MemorySegment;

/** An assertion of native code. */
@Breaks(
    value = "RWKV-PRC-001",
    how = "calls abort when F is above 50",
    reason = "ended by signal 6, during",
    forked = true)
public final class AbortsTheProcess extends HonestBackend {
  @Override
  protected float[] squaredRelu(float[] k) {
    if (k.length > 50) {
      NativeCode.call("abort", MemorySegment.NULL);
    }
    return super.squaredRelu(k);
  }
}

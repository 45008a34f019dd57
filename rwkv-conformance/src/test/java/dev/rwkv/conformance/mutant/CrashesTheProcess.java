package dev.rwkv.conformance.mutant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A wild pointer in native code. */
@Breaks(
    value = "RWKV-PRC-001",
    how = "writes to address 0 at the 40th layer norm",
    reason = "the JVM crashed, during",
    forked = true)
public final class CrashesTheProcess extends HonestBackend {
  private int calls;

  // A wild pointer is what this is about.
  @SuppressWarnings("restricted")
  @Override
  protected float[] layerNorm(FloatWeights.Norm norm, float[] x) {
    if (++calls == 40) {
      MemorySegment.ofAddress(0).reinterpret(8).set(ValueLayout.JAVA_LONG, 0, 1);
    }
    return super.layerNorm(norm, x);
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** No copy, for speed. */
@Breaks(value = "RWKV-STA-002", how = "hands out the live buffer as a snapshot")
public final class LiveSnapshot extends HonestBackend {
  private @Nullable LiveState shown;
  private @Nullable State window;
  private MemorySegment buffer = MemorySegment.NULL;

  @Override
  protected State export(LiveState live, StateLayout layout, Fingerprint fingerprint) {
    State copy = super.export(live, layout, fingerprint);
    buffer = MemorySegment.ofArray(copy.data().toArray(ValueLayout.JAVA_BYTE));
    shown = live;
    window = over(copy, buffer);
    return window;
  }

  @Override
  protected float[][] span(FloatWeights weights, LiveState state, int[] tokens) {
    float[][] logits = super.span(weights, state, tokens);
    if (window != null && state.equals(shown)) {
      buffer.copyFrom(super.export(state, window.layout(), window.fingerprint()).data());
    }
    return logits;
  }

  // The public API copies always: only reflection, or a backend in the SDK's own package, can err.
  private static State over(State state, MemorySegment buffer) {
    try {
      var constructor =
          State.class.getDeclaredConstructor(
              StateLayout.class, Fingerprint.class, DType.class, MemorySegment.class);
      constructor.setAccessible(true);
      return constructor.newInstance(state.layout(), state.fingerprint(), state.dtype(), buffer);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the constructor of State", e);
    }
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;
import dev.rwkv.State;

/** A copy on the way into a session, for whoever takes it from there. */
@Breaks(
    value = "RWKV-RES-008",
    how = "loses a native copy of each state that is restored",
    reason = "KiB to the process",
    forked = true)
public final class RestoredStatesLeak extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void restore(State state) {
        NativeCode.lose(state.data().byteSize());
        super.restore(state);
      }
    };
  }
}

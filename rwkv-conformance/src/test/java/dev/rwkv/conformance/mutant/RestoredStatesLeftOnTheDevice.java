package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;
import dev.rwkv.State;

/** A new buffer for a state that there was a buffer for. */
@Breaks(
    value = "RWKV-RES-008",
    how = "leaves on its device what a restored state takes the place of")
public final class RestoredStatesLeftOnTheDevice extends LosesDeviceMemory {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void restore(State state) {
        lose(state.data().byteSize());
        super.restore(state);
      }
    };
  }
}

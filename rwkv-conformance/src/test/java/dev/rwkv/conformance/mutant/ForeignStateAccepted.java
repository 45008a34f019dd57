package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;
import dev.rwkv.State;

/** A state of the right size. */
@Breaks(value = "RWKV-STA-007", how = "takes the states of other models")
public final class ForeignStateAccepted extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void restore(State state) {
        super.restore(
            State.copyOf(model.stateLayout(), model.fingerprint(), state.dtype(), state.data()));
      }
    };
  }
}

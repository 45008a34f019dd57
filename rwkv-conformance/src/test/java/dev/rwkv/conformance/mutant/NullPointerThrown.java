package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;
import dev.rwkv.State;
import java.util.Objects;

/** A null that is found when it is used. */
@Breaks(value = "RWKV-SES-003", how = "throws NullPointerException for a null state")
public final class NullPointerThrown extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void restore(State state) {
        super.restore(Objects.requireNonNull(state));
      }
    };
  }
}

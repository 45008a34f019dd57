package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;

/** Closing is left to the garbage collector. */
@Breaks(value = "RWKV-SES-002", how = "does nothing when a session is closed")
public final class WorksOnAfterClose extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void close() {
        // Forgotten: that is the fault.
      }
    };
  }
}

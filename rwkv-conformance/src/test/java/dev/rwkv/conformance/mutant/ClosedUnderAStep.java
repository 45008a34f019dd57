package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.error.ClosedException;

/** Memory that is freed under a step. */
@Breaks(value = "RWKV-CON-003", how = "throws IllegalStateException where a step meets a close")
public final class ClosedUnderAStep extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits step(int token) {
        try {
          return super.step(token);
        } catch (ClosedException e) {
          throw new IllegalStateException("already closed", e);
        }
      }
    };
  }
}

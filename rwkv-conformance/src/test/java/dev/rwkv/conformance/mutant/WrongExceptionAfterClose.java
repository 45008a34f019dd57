package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.error.ClosedException;

/** Whatever the freed memory throws. */
@Breaks(value = "RWKV-SES-002", how = "throws NullPointerException from a closed session")
public final class WrongExceptionAfterClose extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public State snapshot() {
        try {
          return super.snapshot();
        } catch (ClosedException e) {
          throw new NullPointerException(e.getMessage());
        }
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** It checks when it is too late. */
@Breaks(value = "RWKV-SES-001", how = "consumes token 0 before it refuses a negative one")
public final class RefusalMoves extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits step(int token) {
        if (token < 0) {
          super.step(0);
        }
        return super.step(token);
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.State;

/** A fork of the state alone. */
@Breaks(value = "RWKV-SES-008", how = "gives a fork the logits of token 0")
public final class ForkWithOtherLogits extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Session fork() {
        State here = snapshot();
        Session fork = super.fork();
        fork.step(0);
        FixedLogits other = FixedLogits.of(fork.logits());
        fork.restore(here);
        return new RelaySession(fork, model) {
          private boolean moved;

          @Override
          public Logits step(int token) {
            moved = true;
            return super.step(token);
          }

          @Override
          public Logits logits() {
            return moved ? super.logits() : other;
          }
        };
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.error.ConcurrentUseException;

/** An answer for whoever comes second. */
@Breaks(
    value = "RWKV-CON-002",
    how = "gives a second thread the logits of the first without a step")
public final class SecondThreadIgnored extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits step(int token) {
        try {
          return super.step(token);
        } catch (ConcurrentUseException e) {
          return super.logits();
        }
      }
    };
  }
}

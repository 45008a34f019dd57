package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import org.jspecify.annotations.Nullable;

/** Two buffers, and the wrong one. */
@Breaks(
    value = "RWKV-SES-008",
    how = "gives the logits of the last single step in logits(), whatever span came after it")
public final class LogitsOfBefore extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private @Nullable FixedLogits last;

      @Override
      public Logits step(int token) {
        Logits logits = super.step(token);
        last = FixedLogits.of(logits);
        return logits;
      }

      @Override
      public Logits logits() {
        return last == null ? super.logits() : last;
      }
    };
  }
}

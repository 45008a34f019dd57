package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import org.jspecify.annotations.Nullable;

/** The last answer outlives its session. */
@Breaks(value = "RWKV-SES-002", how = "gives the logits of the last step after close")
public final class StaleResultAfterClose extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private @Nullable Logits last;

      @Override
      public Logits step(int token) {
        last = super.step(token);
        return last;
      }

      @Override
      public Logits logits() {
        return last == null ? super.logits() : last;
      }
    };
  }
}

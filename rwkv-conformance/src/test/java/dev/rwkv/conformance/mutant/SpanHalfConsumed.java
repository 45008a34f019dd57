package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** Tokens are checked when it is their turn. */
@Breaks(value = "RWKV-SES-001", how = "moves through a span up to the wrong token")
public final class SpanHalfConsumed extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits prefill(int... tokens) {
        for (int token : tokens) {
          super.step(token);
        }
        return logits();
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** A loop that tests its end too late. */
@Breaks(value = "RWKV-SPN-001", how = "consumes token 0 where a span is empty")
public final class EmptySpanStepsOn extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits prefill(int... tokens) {
        return tokens.length == 0 ? super.step(0) : super.prefill(tokens);
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** Nothing taken for an empty array. */
@Breaks(value = "RWKV-SES-003", how = "takes null for a span without tokens")
public final class NullIsEmpty extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits prefill(int... tokens) {
        return super.prefill(tokens == null ? new int[0] : tokens);
      }
    };
  }
}

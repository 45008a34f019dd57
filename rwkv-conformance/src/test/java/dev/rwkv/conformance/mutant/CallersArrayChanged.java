package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import java.util.Arrays;

/** Scratch at the caller's expense. */
@Breaks(value = "RWKV-SES-007", how = "sorts the caller's tokens")
public final class CallersArrayChanged extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits prefill(int... tokens) {
        Logits logits = super.prefill(tokens);
        Arrays.sort(tokens);
        Arrays.fill(tokens, 0, tokens.length / 2, 0);
        return logits;
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import java.util.Arrays;

/** A session that remembers the text. */
@Breaks(value = "RWKV-RES-001", how = "copies all tokens so far at each step")
public final class TokenHistoryKept extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private int[] history = {};

      @Override
      public Logits step(int token) {
        history = Arrays.copyOf(history, history.length + 1);
        history[history.length - 1] = token;
        return super.step(token);
      }
    };
  }
}

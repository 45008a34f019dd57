package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import java.util.Arrays;

/** A transformer's habit. */
@Breaks(value = "RWKV-RES-001", how = "reads the whole text again every 50 tokens")
public final class PrefixRecomputed extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private int[] history = {};
      private int length;

      @Override
      public Logits step(int token) {
        history = length == history.length ? Arrays.copyOf(history, 2 * length + 8) : history;
        history[length++] = token;
        if (length % 50 != 0) {
          return super.step(token);
        }
        super.reset();
        return super.prefill(Arrays.copyOf(history, length));
      }
    };
  }
}

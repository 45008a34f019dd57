package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** Checked after the first change. */
@Breaks(value = "RWKV-ERR-001", how = "takes another token after it has refused one")
public final class RefusalsRemembered extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private int refusals;

      @Override
      public Logits step(int token) {
        int vocabulary = model.config().vocabulary();
        boolean wrong = token < 0 || token >= vocabulary;
        refusals += wrong ? 1 : 0;
        return super.step(wrong || refusals == 0 ? token : (token + 1) % vocabulary);
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** Token ids are taken modulo V. */
@Breaks(value = "RWKV-SES-001", how = "wraps token ids around the vocabulary")
public final class TokenIdWrapped extends HonestBackend {

  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits step(int token) {
        return super.step(Math.floorMod(token, model.config().vocabulary()));
      }
    };
  }
}

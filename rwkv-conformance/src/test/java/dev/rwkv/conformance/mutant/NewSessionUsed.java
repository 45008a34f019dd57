package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** Sessions from a pool. */
@Breaks(value = "RWKV-STA-005", how = "hands out a session that has consumed token 0")
public final class NewSessionUsed extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public Session newSession() {
        Session session = super.newSession();
        session.step(0);
        session.restore(session.snapshot());
        return session;
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;
import java.util.ArrayList;
import java.util.List;

/** A list that only grows. */
@Breaks(value = "RWKV-RES-004", how = "keeps every session of a model in a list")
public final class SessionsRemembered extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      private final List<Session> all = new ArrayList<>();

      @Override
      public Session newSession() {
        Session session = super.newSession();
        all.add(session);
        return session;
      }

      @Override
      public String toString() {
        return honest + " with " + all.size() + " sessions";
      }
    };
  }
}

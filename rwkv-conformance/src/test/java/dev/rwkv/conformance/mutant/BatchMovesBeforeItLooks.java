package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** A closed session that is found too late. */
@Breaks(value = "RWKV-BAT-007", how = "steps the rows before a closed session")
public final class BatchMovesBeforeItLooks extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {

        if (sessions == null || tokens == null || sessions.length != tokens.length) {
          super.step(sessions, tokens);
          return;
        }
        for (int i = 0; i < sessions.length; i++) {
          super.step(new Session[] {sessions[i]}, new int[] {tokens[i]});
        }
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** A batch that is a loop. */
@Breaks(value = "RWKV-BAT-003", how = "steps a batch row by row until something is wrong")
public final class BatchUnchecked extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {

        for (int i = 0; i < sessions.length; i++) {
          sessions[i].step(tokens[i]);
        }
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;
import java.util.Arrays;

/** Scratch at the caller's expense. */
@Breaks(value = "RWKV-BAT-006", how = "clears the caller's tokens after a batch")
public final class BatchChangesItsArrays extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {

        super.step(sessions, tokens);
        Arrays.fill(tokens, 0);
      }
    };
  }
}

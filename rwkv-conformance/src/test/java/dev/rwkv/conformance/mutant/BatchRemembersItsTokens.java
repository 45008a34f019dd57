package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** A buffer that an earlier batch has filled. */
@Breaks(
    value = "RWKV-BAT-005",
    how = "gives the last row of a smaller batch the token of the batch before")
public final class BatchRemembersItsTokens extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      private int[] before = {};

      @Override
      public void step(Session[] sessions, int[] tokens) {

        int[] seen = tokens.clone();
        if (seen.length < before.length) {
          seen[seen.length - 1] = before[0];
        }
        super.step(sessions, seen);
        before = tokens.clone();
      }
    };
  }
}

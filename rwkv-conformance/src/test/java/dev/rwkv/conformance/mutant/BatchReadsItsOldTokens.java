package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** A buffer that is read at the wrong place. */
@Breaks(
    value = "RWKV-BAT-005",
    how = "gives a row the token that the next row had in the batch before, if it had one")
public final class BatchReadsItsOldTokens extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      private int[] before = {};

      @Override
      public void step(Session[] sessions, int[] tokens) {
        int[] seen = tokens.clone();
        for (int row = 0; row < seen.length && row + 1 < before.length; row++) {
          seen[row] = before[row + 1];
        }
        super.step(sessions, seen);
        before = tokens.clone();
      }
    };
  }
}

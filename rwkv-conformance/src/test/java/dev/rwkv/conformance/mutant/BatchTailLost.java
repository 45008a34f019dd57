package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;
import java.util.Arrays;

/** Rows in fours. */
@Breaks(value = "RWKV-BAT-001", how = "gives the rows that do not fill a group of 4 token 0")
public final class BatchTailLost extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {
        int[] seen = tokens.clone();
        Arrays.fill(seen, tokens.length / 4 * 4, tokens.length, 0);
        super.step(sessions, seen);
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;
import java.util.Arrays;

/** One of two arrays sorted. */
@Breaks(value = "RWKV-BAT-004", how = "sorts the tokens of a batch and not its sessions")
public final class BatchSortsTokens extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {

        int[] sorted = tokens.clone();
        Arrays.sort(sorted);
        super.step(sessions, sorted);
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** One table for all batches. */
@Breaks(value = "RWKV-CON-005", how = "keeps the tokens of a batch in an array of the model")
public final class BatchScratchShared extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      private final int[] shared = new int[1024];

      @Override
      public void step(Session[] sessions, int[] tokens) {

        System.arraycopy(tokens, 0, shared, 0, tokens.length);
        LockSupport.parkNanos(200_000); // gives the others time to come between
        super.step(sessions, Arrays.copyOf(shared, tokens.length));
      }
    };
  }
}

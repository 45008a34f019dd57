package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** A history that is walked. */
@Breaks(value = "RWKV-RES-007", how = "walks through all earlier tokens at each step")
public final class StepsGrowSlower extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private int[] history = new int[1 << 16];
      private int length;
      private long sum;

      @Override
      public Logits step(int token) {
        history[length++ % history.length] = token;
        for (int i = 0; i < 8 * length; i++) {
          sum = sum * 31 + history[i % length % history.length];
        }
        return super.step(token);
      }

      @Override
      public String toString() {
        return honest + " at " + sum;
      }
    };
  }
}

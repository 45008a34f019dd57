package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** A table that is read the wrong way round. */
@Breaks(
    value = "RWKV-BAT-001",
    how = "gives the first and the last row of a batch each other's token")
public final class BatchRowsMixedUp extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {
        int[] mixed = tokens.clone();
        mixed[0] = tokens[tokens.length - 1];
        mixed[tokens.length - 1] = tokens[0];
        super.step(sessions, mixed);
      }
    };
  }
}

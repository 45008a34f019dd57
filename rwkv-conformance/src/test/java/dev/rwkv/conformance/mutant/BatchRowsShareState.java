package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** One buffer for two rows. */
@Breaks(value = "RWKV-BAT-001", how = "lets the second row of a batch begin where the first does")
public final class BatchRowsShareState extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {
        if (sessions.length > 1) {
          sessions[1].restore(sessions[0].snapshot());
        }
        super.step(sessions, tokens);
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** A reset of the state alone. */
@Breaks(value = "RWKV-SES-004", how = "still has logits after a reset")
public final class LogitsSurviveReset extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private FixedLogits last = new FixedLogits(new float[0]);

      @Override
      public void reset() {
        last = FixedLogits.of(step(0));
        super.reset();
      }

      @Override
      public Logits logits() {
        return last.size() == 0 ? super.logits() : last;
      }
    };
  }
}

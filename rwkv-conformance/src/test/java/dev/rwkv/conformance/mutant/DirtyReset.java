package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;
import dev.rwkv.State;

/** A reset of four vectors out of five. */
@Breaks(value = "RWKV-STA-006", how = "leaves the shift of the time-mix where it was on reset")
public final class DirtyReset extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void reset() {
        State before = snapshot();
        super.reset();
        double[] values = snapshot().toDoubles();
        int width = model.config().width();
        System.arraycopy(before.toDoubles(), 0, values, 0, width);
        restore(State.ofValues(before.layout(), before.fingerprint(), before.dtype(), values));
      }
    };
  }
}

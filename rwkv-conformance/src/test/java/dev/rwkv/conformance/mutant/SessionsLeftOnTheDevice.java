package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** A session whose logits are freed, and whose state is not. */
@Breaks(value = "RWKV-RES-008", how = "leaves the state of each session on its device")
public final class SessionsLeftOnTheDevice extends LosesDeviceMemory {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public Session newSession() {
        lose(4 * stateLayout().elements());
        return super.newSession();
      }
    };
  }
}

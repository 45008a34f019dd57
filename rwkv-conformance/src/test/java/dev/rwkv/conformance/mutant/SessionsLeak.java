package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;

/** An arena for the state of a session, and no word of it in close. */
@Breaks(
    value = "RWKV-RES-008",
    how = "loses the native state of each session",
    reason = "KiB to the process",
    forked = true)
public final class SessionsLeak extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public Session newSession() {
        NativeCode.lose(4 * stateLayout().elements());
        return super.newSession();
      }
    };
  }
}

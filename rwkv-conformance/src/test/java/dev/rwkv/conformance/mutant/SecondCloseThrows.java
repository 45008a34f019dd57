package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;

/** A close that is counted. */
@Breaks(value = "RWKV-SES-002", how = "throws when a session is closed again")
public final class SecondCloseThrows extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private boolean closed;

      @Override
      public void close() {
        if (closed) {
          throw new IllegalStateException("closed already");
        }
        closed = true;
        super.close();
      }
    };
  }
}

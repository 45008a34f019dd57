package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;

/** Memory that is freed twice. */
@Breaks(value = "RWKV-SES-002", how = "throws when a model is closed again")
public final class SecondModelCloseThrows extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      private boolean closed;

      @Override
      public void close() {
        if (closed) {
          throw new IllegalStateException("already closed");
        }
        closed = true;
        super.close();
      }
    };
  }
}

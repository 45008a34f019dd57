package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;

/** A model that counts its users wrongly. */
@Breaks(value = "RWKV-SES-002", how = "does nothing when a model is closed")
public final class WorksOnAfterModelClose extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void close() {
        // Forgotten: that is the fault.
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.error.UnsupportedCapabilityException;
import dev.rwkv.spi.Capability;

/** Less than it says. */
@Breaks(value = "RWKV-BAT-001", how = "declares BATCH, and refuses batches")
public final class BatchDeclaredButRefused extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {
        throw new UnsupportedCapabilityException(backend(), Capability.BATCH);
      }
    };
  }
}

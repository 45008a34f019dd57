package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.Capability;
import java.util.Set;

/** Promises of the model alone. */
@Breaks(value = "RWKV-INF-001", how = "declares a capability that its provider does not")
public final class ModelDeclaresMore extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public Set<Capability> capabilities() {
        return Set.of(Capability.values());
      }
    };
  }
}

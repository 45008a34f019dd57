package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.spi.Capability;
import java.util.Set;

/** A refusal that nobody can catch. */
@Breaks(value = "RWKV-BAT-002", how = "refuses a batch with UnsupportedOperationException")
public final class BatchRefusedWrongly extends HonestBackend {
  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.WKV4_OPERATOR);
  }

  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {
        throw new UnsupportedOperationException("no batches");
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.spi.Capability;
import java.util.Set;

/** More than it says. */
@Breaks(value = "RWKV-BAT-002", how = "steps batches without declaring it")
public final class BatchNotDeclared extends HonestBackend {
  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.WKV4_OPERATOR);
  }

  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public void step(Session[] sessions, int[] tokens) {
        for (int i = 0; i < sessions.length; i++) {
          sessions[i].step(tokens[i]);
        }
      }
    };
  }
}

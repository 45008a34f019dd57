package dev.rwkv.conformance.mutant;

import dev.rwkv.spi.Capability;
import java.util.Set;

/** More than it says. */
@Breaks(value = "RWKV-WKV-004", how = "offers the operator without declaring it")
public final class OperatorNotDeclared extends HonestBackend {
  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.BATCH);
  }
}

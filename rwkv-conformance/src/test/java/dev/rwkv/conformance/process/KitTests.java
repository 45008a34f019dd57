package dev.rwkv.conformance.process;

import dev.rwkv.conformance.property.Tests;
import dev.rwkv.conformance.requirement.Tier;
import java.util.HashSet;
import java.util.Set;

/** All tests of the kit, of either kind. */
public final class KitTests {
  private KitTests() {}

  /** The requirements that have a test in a tier. */
  public static Set<String> in(Tier tier) {
    Set<String> ids = new HashSet<>(ProcessChecks.ids());
    Tests.all().keySet().stream().filter(id -> !Tests.of(id, tier).isEmpty()).forEach(ids::add);
    return ids;
  }
}

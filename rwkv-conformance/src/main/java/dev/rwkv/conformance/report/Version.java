package dev.rwkv.conformance.report;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** Which version of its artifact a class comes from. */
final class Version {
  private Version() {}

  /** As the manifest of its jar says, or on the module path its module; empty for a folder. */
  static Optional<String> of(Class<?> type) {
    return Optional.ofNullable(type.getPackage().getImplementationVersion())
        .or(() ->
            Optional.ofNullable(type.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion));
  }
}

package dev.rwkv.error;

import dev.rwkv.spi.Capability;

/** Something was asked of a backend that it does not declare as a capability. */
public class UnsupportedCapabilityException extends RwkvException {
  private final Capability capability;

  public UnsupportedCapabilityException(String backend, Capability capability) {
    super(
        "backend '"
            + backend
            + "' does not support "
            + capability
            + ": choose one that lists it (see Backends.candidates())");
    this.capability = capability;
  }

  /** What was asked for. */
  public Capability capability() {
    return capability;
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Device;
import dev.rwkv.Model;

/** As many threads as it likes. */
@Breaks(value = "RWKV-DEV-002", how = "uses one thread more than was asked for, and says so")
public final class ThreadsNotCounted extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public Device device() {
        Device device = super.device();
        return new Device(device.kind(), device.name(), device.threads() + 1);
      }
    };
  }
}

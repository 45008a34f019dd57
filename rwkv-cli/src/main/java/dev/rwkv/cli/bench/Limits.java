package dev.rwkv.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.rwkv.Device;
import dev.rwkv.vector.CpuLimits;
import dev.rwkv.vector.VectorProvider;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the machine for the number of threads that is just being measured; NaN where they
 * cannot be known: on another device than the CPU, and without the Vector API.
 */
final class Limits implements AutoCloseable {
  private static final int SHARE_OF_MEMORY = 8;

  private @Nullable CpuLimits cpu;

  /** Gets ready for this device, if it is not yet. */
  void prepare(Device device) {
    boolean measurable =
        device.kind() == Device.Kind.CPU && new VectorProvider().availability().isUsable();
    if (cpu != null && measurable && cpu.threads() == device.threads()) {
      return;
    }
    close();
    if (measurable) {
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long bytes = Math.min(CpuLimits.ENOUGH_BYTES, system.getTotalMemorySize() / SHARE_OF_MEMORY);
      cpu = CpuLimits.of(device.threads(), bytes);
    }
  }

  /** Bytes per second. */
  double readBandwidth() {
    return cpu == null ? Double.NaN : cpu.readBytesPerSecond();
  }

  /** Operations per second. */
  double fmaPeak() {
    return cpu == null ? Double.NaN : cpu.operationsPerSecond();
  }

  @Override
  public void close() {
    if (cpu != null) {
      cpu.close();
      cpu = null;
    }
  }
}

package dev.rwkv.conformance.mutant;

/** A copy on the device that belongs to nobody. */
@Breaks(value = "RWKV-RES-008", how = "leaves the state of each fork on its device")
public final class ForksLeftOnTheDevice extends LosesDeviceMemory {
  @Override
  protected LiveState fork(LiveState origin) {
    lose(origin.bytes());
    return super.fork(origin);
  }
}

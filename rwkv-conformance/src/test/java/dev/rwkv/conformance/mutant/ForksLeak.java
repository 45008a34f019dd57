package dev.rwkv.conformance.mutant;

/** A session that is closed like any other, but for what it was copied into. */
@Breaks(
    value = "RWKV-RES-008",
    how = "loses the native state of each fork",
    reason = "KiB to the process",
    forked = true)
public final class ForksLeak extends HonestBackend {
  @Override
  protected LiveState fork(LiveState origin) {
    NativeCode.lose(origin.bytes());
    return super.fork(origin);
  }
}

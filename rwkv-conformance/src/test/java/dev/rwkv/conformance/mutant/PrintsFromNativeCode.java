package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import java.lang.foreign.Arena;

/** A printf that was left in. */
@Breaks(
    value = "RWKV-PRC-002",
    how = "prints a line in native code when a model is loaded",
    reason = "standard output got: load",
    forked = true)
public final class PrintsFromNativeCode extends HonestBackend {
  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    try (Arena arena = Arena.ofConfined()) {
      NativeCode.call("puts", arena.allocateFrom("loading"));
    }
    return super.load(checkpoint, options);
  }
}

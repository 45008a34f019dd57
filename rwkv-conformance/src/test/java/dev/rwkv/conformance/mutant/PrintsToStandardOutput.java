package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** A debug print that was left in. */
@Breaks(
    value = "RWKV-PRC-002",
    how = "prints a line when a model is loaded",
    reason = "standard output got: load",
    forked = true)
public final class PrintsToStandardOutput extends HonestBackend {

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    System.out.println("loading " + checkpoint.source());
    return super.load(checkpoint, options);
  }
}

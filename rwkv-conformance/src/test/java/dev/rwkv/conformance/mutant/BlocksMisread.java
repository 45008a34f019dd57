package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** A scale of too few bits. */
@Breaks(value = "RWKV-FID-003", how = "decodes quantised blocks with a scale that is 1 % too large")
public final class BlocksMisread extends HonestBackend {
  private boolean quantised;

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    quantised = checkpoint.tensor("blocks.0.att.key.weight").dtype().isQuantised();
    return super.load(checkpoint, options);
  }

  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return quantised ? stored.matrices(weight -> weight * 1.01f) : stored;
  }
}

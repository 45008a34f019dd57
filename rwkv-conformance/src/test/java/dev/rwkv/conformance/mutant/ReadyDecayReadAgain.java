package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** A preparation that was done before. */
@Breaks(value = "RWKV-FID-004", how = "takes −e^w of a decay that is stored as w")
public final class ReadyDecayReadAgain extends HonestBackend {
  private boolean ready;

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    ready = checkpoint.names().contains("blocks.0.att.decay");
    return super.load(checkpoint, options);
  }

  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return ready ? stored.timeMixes(w -> w.withDecay(again(w.decay()))) : stored;
  }

  private float[] again(float[] decay) {
    float[] twice = new float[decay.length];
    for (int c = 0; c < twice.length; c++) {
      twice[c] = -exp(decay[c]);
    }
    return twice;
  }
}

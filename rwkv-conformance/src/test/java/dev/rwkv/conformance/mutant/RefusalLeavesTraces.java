package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;

/** What was allocated before the check. */
@Breaks(value = "RWKV-CKP-006", how = "holds weights in f16 after it has refused to load")
public final class RefusalLeavesTraces extends HonestBackend {
  private boolean refused;

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    try {
      return super.load(checkpoint, options);
    } catch (CheckpointException | BackendException e) {
      refused = true;
      throw e;
    }
  }

  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return refused
        ? stored.matrices(weight -> Float.float16ToFloat(Float.floatToFloat16(weight)))
        : stored;
  }
}

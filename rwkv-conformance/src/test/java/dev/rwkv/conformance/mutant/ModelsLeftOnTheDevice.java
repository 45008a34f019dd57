package dev.rwkv.conformance.mutant;

/** Weights on a device that nobody frees: the process itself does not grow. */
@Breaks(value = "RWKV-RES-006", how = "leaves the weights of each model on its device")
public final class ModelsLeftOnTheDevice extends LosesDeviceMemory {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    lose(1 << 21);
    return stored;
  }
}

package dev.rwkv.conformance.mutant;

/** Half the memory traffic. */
@Breaks(value = "RWKV-FID-001", how = "holds every matrix in f16, whatever the model says")
public final class WeightsNarrowed extends HonestBackend {
  @Override
  protected FloatWeights weights(FloatWeights stored) {
    return stored.matrices(weight -> Float.float16ToFloat(Float.floatToFloat16(weight)));
  }
}

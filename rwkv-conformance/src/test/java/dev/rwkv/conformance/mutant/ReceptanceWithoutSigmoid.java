package dev.rwkv.conformance.mutant;

/** A gate without its function. */
@Breaks(value = "RWKV-GAT-001", how = "multiplies with the receptance itself")
public final class ReceptanceWithoutSigmoid extends HonestBackend {
  @Override
  protected float sigmoid(float x) {
    return x;
  }
}

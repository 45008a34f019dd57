package dev.rwkv.conformance.mutant;

/** The other way to write a sigmoid. */
@Breaks(value = "RWKV-GAT-002", how = "takes e^r / (1 + e^r) for the sigmoid")
public final class SigmoidOverflows extends HonestBackend {
  @Override
  protected float sigmoid(float x) {
    return exp(x) / (1 + exp(x));
  }
}

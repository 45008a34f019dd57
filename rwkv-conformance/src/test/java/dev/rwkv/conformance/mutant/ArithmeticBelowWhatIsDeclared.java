package dev.rwkv.conformance.mutant;

import dev.rwkv.spi.Arithmetic;
import dev.rwkv.tensor.DType;

/** Tolerances for nothing. */
@Breaks(
    value = "RWKV-INF-002",
    how = "asks for the bounds of bf16 activations without declaring REDUCED_ACTIVATIONS")
public final class ArithmeticBelowWhatIsDeclared extends HonestBackend {
  @Override
  public Arithmetic arithmetic() {
    return new Arithmetic(DType.BF16, 2);
  }
}

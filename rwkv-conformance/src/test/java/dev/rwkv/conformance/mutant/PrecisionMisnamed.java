package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.tensor.DType;

/** A constant where an answer should be. */
@Breaks(value = "RWKV-FID-001", how = "says f32 of every model")
public final class PrecisionMisnamed extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new RelayModel(honest, this) {
      @Override
      public DType precision() {
        return DType.F32;
      }
    };
  }
}

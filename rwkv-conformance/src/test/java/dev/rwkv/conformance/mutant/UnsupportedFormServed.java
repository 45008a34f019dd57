package dev.rwkv.conformance.mutant;

import java.util.Optional;

/** It says no and does it. */
@Breaks(value = "RWKV-WKV-013", how = "runs the stabilised form where it supports no other")
public final class UnsupportedFormServed extends HonestBackend {
  @Override
  public <O> Optional<O> operator(Class<O> type) {
    return Optional.of(type.cast(new Broken(this)));
  }

  private static final class Broken extends HonestOperator {
    Broken(Equations equations) {
      super(equations);
    }

    @Override
    public double[] apply(Form form, Numerics numerics, Span span) {
      return super.apply(form, supports(form, numerics) ? numerics : Numerics.STABILISED, span);
    }
  }
}

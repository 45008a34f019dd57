package dev.rwkv.conformance.mutant;

import java.util.Arrays;
import java.util.Optional;

/** A naive form that knows no exponent. */
@Breaks(
    value = "RWKV-WKV-005",
    how = "does not fold the exponent of the state into the sums of the naive form")
public final class NaiveForgetsTheExponent extends HonestBackend {
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
      if (numerics == Numerics.NAIVE) {
        Arrays.fill(span.exponent(), 0);
      }
      return super.apply(form, numerics, span);
    }
  }
}

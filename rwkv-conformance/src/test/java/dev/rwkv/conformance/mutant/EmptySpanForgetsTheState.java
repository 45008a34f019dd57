package dev.rwkv.conformance.mutant;

import java.util.Arrays;
import java.util.Optional;

/** A parallel form without a case for no tokens. */
@Breaks(value = "RWKV-WKV-002", how = "clears the state where a span is empty")
public final class EmptySpanForgetsTheState extends HonestBackend {
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
      if (span.tokens() == 0) {
        Arrays.fill(span.numerator(), 0);
        Arrays.fill(span.denominator(), 0);
      }
      return super.apply(form, numerics, span);
    }
  }
}

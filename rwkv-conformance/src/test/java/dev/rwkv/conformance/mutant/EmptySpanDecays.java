package dev.rwkv.conformance.mutant;

import java.util.Optional;

/** A loop that runs at least once. */
@Breaks(value = "RWKV-WKV-011", how = "lets the past decay where a span is empty")
public final class EmptySpanDecays extends HonestBackend {
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
      for (int c = 0; span.tokens() == 0 && c < span.channels(); c++) {
        span.exponent()[c] += span.decay()[c] - 0.5;
      }
      return super.apply(form, numerics, span);
    }
  }
}

package dev.rwkv.conformance.mutant;

import java.util.Optional;

/** The last term of the parallel sum, reused. */
@Breaks(
    value = "RWKV-WKV-002",
    how = "leaves the bonus of the last token in the state of the parallel form")
public final class BonusInTheParallelState extends HonestBackend {
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
      double[] wkv = super.apply(form, numerics, span);
      if (form == Form.PARALLEL && span.tokens() > 0) {
        for (int c = 0; c < span.channels(); c++) {
          int last = (span.tokens() - 1) * span.channels() + c;
          double extra =
              Math.exp(span.keys()[last] - span.exponent()[c]) * (Math.exp(span.bonus()[c]) - 1);
          span.numerator()[c] += extra * span.values()[last];
          span.denominator()[c] += extra;
        }
      }
      return wkv;
    }
  }
}

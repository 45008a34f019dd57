package dev.rwkv.conformance.mutant;

import java.util.Optional;

/** Scratch at the caller's expense. */
@Breaks(value = "RWKV-WKV-012", how = "adds the bonus to the keys of the caller")
public final class OperandsChanged extends HonestBackend {
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
      for (int i = 0; i < span.keys().length; i++) {
        span.keys()[i] += span.bonus()[i % span.channels()];
      }
      return wkv;
    }
  }
}

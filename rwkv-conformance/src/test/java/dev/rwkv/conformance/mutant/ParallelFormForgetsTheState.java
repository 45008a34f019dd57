package dev.rwkv.conformance.mutant;

import java.util.Arrays;
import java.util.Optional;

/** A parallel form that begins every span like a text. */
@Breaks(
    value = "RWKV-WKV-002",
    how = "leaves out the state that enters a span in the parallel form")
public final class ParallelFormForgetsTheState extends HonestBackend {
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
      if (form == Form.PARALLEL) {
        Arrays.fill(span.numerator(), 0);
        Arrays.fill(span.denominator(), 0);
      }
      return super.apply(form, numerics, span);
    }
  }
}

package dev.rwkv.conformance.mutant;

import java.util.Optional;

/** A causal mask that is one row too generous. */
@Breaks(
    value = "RWKV-WKV-002",
    how = "lets every token but the last of a span see the key and value of the next")
public final class ParallelFormLooksAhead extends HonestBackend {
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
      int channels = span.channels();
      for (int t = 0; form == Form.PARALLEL && t + 1 < span.tokens(); t++) {
        for (int c = 0; c < channels; c++) {
          wkv[t * channels + c] =
              (wkv[t * channels + c] + span.values()[(t + 1) * channels + c]) / 2;
        }
      }
      return wkv;
    }
  }
}

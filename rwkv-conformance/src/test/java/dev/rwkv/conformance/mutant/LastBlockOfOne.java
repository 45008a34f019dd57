package dev.rwkv.conformance.mutant;

import java.util.Optional;

/** A block that is too small to be one. */
@Breaks(
    value = "RWKV-WKV-009",
    how = "repeats the output before the last where a span ends one token after a block of 8",
    quick = true)
public final class LastBlockOfOne extends HonestBackend {
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
      if (form == Form.PARALLEL && span.tokens() > 8 && span.tokens() % 8 == 1) {
        System.arraycopy(wkv, wkv.length - 2 * channels, wkv, wkv.length - channels, channels);
      }
      return wkv;
    }
  }
}

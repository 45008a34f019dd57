package dev.rwkv.reference.gradient;

/**
 * What one layer starts from when a text does not start with an empty state: what a single earlier
 * token would have left. In WKV it is a token of key k₀ and value v₀, so that a = v₀·e^{k₀} and b =
 * e^{k₀}; any state with b &gt; 0 can be written so. This is what state tuning trains.
 *
 * <p>The arrays are not copied.
 *
 * @param timeMixShift x' of time-mix, [C]
 * @param value v₀, [C]
 * @param key k₀, [C]
 * @param channelMixShift x' of channel-mix, [C]
 */
public record EarlierToken(
    double[] timeMixShift, double[] value, double[] key, double[] channelMixShift) {

  /** One of the four vectors, to ask for its gradient. */
  public enum Part {
    /** x' of time-mix. */
    TIME_MIX_SHIFT("att.shift"),
    /** v₀. */
    VALUE("att.value"),
    /** k₀. */
    KEY("att.key"),
    /** x' of channel-mix. */
    CHANNEL_MIX_SHIFT("ffn.shift");

    private final String suffix;

    Part(String suffix) {
      this.suffix = suffix;
    }

    /** What its gradient is called in {@link Gradients}, for example {@code start.0.att.shift}. */
    public String name(int layer) {
      return "start." + layer + "." + suffix;
    }
  }

  /** One of the four vectors, not copied. */
  public double[] part(Part part) {
    return switch (part) {
      case TIME_MIX_SHIFT -> timeMixShift;
      case VALUE -> value;
      case KEY -> key;
      case CHANNEL_MIX_SHIFT -> channelMixShift;
    };
  }
}

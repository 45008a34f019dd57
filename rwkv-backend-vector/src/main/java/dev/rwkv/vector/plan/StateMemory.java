package dev.rwkv.vector.plan;

/**
 * Where the parts of a layer's state lie in a session's array: the components in the canonical
 * order, each padded with zeros to whole panels.
 *
 * @param width the padded width
 */
public record StateMemory(int width) {
  private static final int COMPONENTS = 5;
  private static final int EXPONENT = 3;
  private static final int FEED_FORWARD_SHIFT = 4;

  /** Floats of a session. */
  public int size(int layers) {
    return layers * COMPONENTS * width;
  }

  /** The input of the previous token in time-mix. */
  int timeShift(int layer) {
    return layer * COMPONENTS * width;
  }

  /** a; b follows, {@link #width} further. */
  int numerator(int layer) {
    return timeShift(layer) + width;
  }

  /** p. */
  int exponent(int layer) {
    return timeShift(layer) + EXPONENT * width;
  }

  /** The input of the previous token in channel-mix. */
  int channelShift(int layer) {
    return timeShift(layer) + FEED_FORWARD_SHIFT * width;
  }
}

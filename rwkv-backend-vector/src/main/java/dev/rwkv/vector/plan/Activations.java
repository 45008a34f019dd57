package dev.rwkv.vector.plan;

/**
 * The numbers of the tokens that are under way: one row a token. Rows are whole panels and 16
 * floats apart from one another in addition: at a distance that is a power of two, eight rows would
 * share one set of the cache.
 *
 * <p>Grows to the largest number of tokens asked for, and stays. One pass at a time uses it.
 */
final class Activations {
  private static final int GAP = 16;

  final int stride;
  final int wideStride;
  private int rows;

  /** The residual stream, [rows, C]. */
  float[] residual = new float[0];

  /** What all threads read together when there are several rows. */
  Inputs inputs = new Inputs(0, 0);

  /** r, k and v; v becomes the gated output; [rows, C]. */
  float[] receptance = new float[0];

  float[] key = new float[0];
  float[] value = new float[0];

  /** Differences of exponents in WKV, then their exponentials, [rows, C]. */
  float[] output = new float[0];

  float[] carry = new float[0];

  /** What is about to be added to the residual stream, [rows, C]. */
  float[] product = new float[0];

  /** The hidden channels of channel-mix, [rows, F]. */
  float[] hidden = new float[0];

  /** Normalised and token-shifted rows, [rows, C] each. */
  static final class Inputs {
    final float[] normed;
    final float[] key;
    final float[] value;
    final float[] receptance;

    Inputs(int rows, int stride) {
      normed = new float[rows * stride];
      key = new float[rows * stride];
      value = new float[rows * stride];
      receptance = new float[rows * stride];
    }
  }

  Activations(int width, int wide) {
    stride = width + GAP;
    wideStride = wide + GAP;
  }

  /** Makes room for this many rows. */
  void reserve(int wanted) {
    if (wanted <= rows) {
      return;
    }
    rows = wanted == 1 ? 1 : ProductScratch.roundedUp(wanted);
    residual = new float[rows * stride];
    inputs = new Inputs(rows, stride);
    receptance = new float[rows * stride];
    key = new float[rows * stride];
    value = new float[rows * stride];
    output = new float[rows * stride];
    carry = new float[rows * stride];
    product = new float[rows * stride];
    hidden = new float[rows * wideStride];
  }
}

package dev.rwkv.vector.plan;

import dev.rwkv.ModelConfig;
import dev.rwkv.vector.kernel.TileInputs;
import dev.rwkv.vector.kernel.TileKernel;

/**
 * The numbers of the tokens that are under way: one row a token. Rows are whole panels and 16
 * floats apart from one another in addition: at a distance that is a power of two, eight rows would
 * share one set of the cache.
 *
 * <p>Grows to the largest number of tokens asked for, and stays. One pass at a time uses it.
 */
final class Activations {
  private static final int GAP = 16;

  private final ModelConfig config;
  final int stride;
  final int wideStride;
  private int rows;

  /** The residual stream, [rows, C]. */
  float[] residual = new float[0];

  /** What all threads read together when there are several rows. */
  final Inputs inputs;

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

  /** The gated output of WKV in the order of tiles, when there are several rows, [rows, C]. */
  final TileInputs gated;

  /**
   * The activated hidden channels in the order of tiles, when there are several rows, [rows, F].
   */
  final TileInputs activated;

  /** Normalised rows, [rows, C], and what token shift makes of them. */
  static final class Inputs {
    float[] normed;
    final ProductInput key;
    final ProductInput value;
    final ProductInput receptance;

    Inputs(int width, TileKernel tile) {
      normed = new float[width];
      key = new ProductInput(width, tile);
      value = new ProductInput(width, tile);
      receptance = new ProductInput(width, tile);
    }

    private void reserve(int rows, int columns) {
      key.rows.reserve(rows, columns);
      value.rows.reserve(rows, columns);
      receptance.rows.reserve(rows, columns);
    }
  }

  Activations(ModelPlan plan) {
    TileKernel tile = plan.kernels().tile();
    config = plan.config();
    stride = plan.paddedWidth() + GAP;
    wideStride = plan.paddedFeedForward() + GAP;
    inputs = new Inputs(0, tile);
    gated = new TileInputs(tile);
    activated = new TileInputs(tile);
  }

  /** Makes room for this many rows. */
  void reserve(int wanted) {
    if (wanted > 1) {
      inputs.reserve(wanted, config.width());
      gated.reserve(wanted, config.width());
      activated.reserve(wanted, config.feedForwardWidth());
    }
    if (wanted <= rows) {
      return;
    }
    rows = wanted;
    residual = new float[rows * stride];
    inputs.normed = new float[rows * stride];
    receptance = new float[rows * stride];
    key = new float[rows * stride];
    value = new float[rows * stride];
    output = new float[rows * stride];
    carry = new float[rows * stride];
    product = new float[rows * stride];
    hidden = new float[rows * wideStride];
  }
}

package dev.rwkv.train.layer;

import dev.rwkv.train.Parameters;

/**
 * The WKV operator of one layer over all texts, forwards and backwards (paper eq. 23–28; {@link
 * dev.rwkv.vector.kernel.WkvGradientKernel}).
 */
final class Wkv {
  /** Channels that one thread takes at a time: a line of every row. */
  private static final int CHANNELS = 16;

  private final Workspace workspace;
  private final String block;
  private final int width;
  private final int padded;
  private final float[] decay;
  private final float[] bonus;
  private final Rows output;
  private final Rows carry;
  private final VectorSums vectors;
  private float[] states = new float[0];

  Wkv(Workspace workspace, String block) {
    this.workspace = workspace;
    this.block = block;
    this.width = workspace.config().width();
    this.padded = workspace.padded(width);
    this.decay = new float[padded];
    this.bonus = new float[padded];
    this.output = workspace.rows(width);
    this.carry = workspace.rows(width);
    this.vectors = new VectorSums(4 * padded);
  }

  void take(Parameters weights) {
    float[] raw = weights.values(block + "att.time_decay");
    float[] first = weights.values(block + "att.time_first");
    for (int i = 0; i < width; i++) {
      decay[i] = (float) -Math.exp(raw[i]);
      bonus[i] = first[i];
    }
  }

  /**
   * y = wkv(k, v).
   *
   * @param start a, b and p of every text before its first token, padded C each
   */
  void forward(Rows keys, Rows values, float[] start, Rows y) {
    int size = 3 * padded;
    if (states.length < workspace.texts() * size) {
      states = new float[workspace.texts() * size];
    }
    for (int text = 0; text < workspace.texts(); text++) {
      System.arraycopy(start, 0, states, text * size, size);
    }
    eachStrip((text, at, from, to) ->
        workspace
            .kernels()
            .wkv()
            .exponents(
                decay,
                bonus,
                keys.values(),
                output.values(),
                carry.values(),
                at,
                workspace.length(),
                padded,
                states,
                text * size + 2 * padded,
                from,
                to));
    workspace.eachRow(row -> {
      workspace.kernels().exponential().fall(output.values(), output.at(row), padded);
      workspace.kernels().exponential().fall(carry.values(), carry.at(row), padded);
    });
    eachStrip((text, at, from, to) ->
        workspace
            .kernels()
            .wkv()
            .sums(
                values.values(),
                output.values(),
                carry.values(),
                y.values(),
                at,
                workspace.length(),
                padded,
                states,
                text * size,
                padded,
                from,
                to));
  }

  /**
   * Back through the operator.
   *
   * @param gradients dy on entry, dv on return
   * @param keys receives dk
   * @param numerators scratch
   * @param denominators scratch
   * @param dstart receives the derivatives by a and b of {@code start}, summed over texts, padded C
   *     each
   */
  void backward(
      Rows values,
      Rows y,
      float[] start,
      Rows gradients,
      Rows keys,
      Rows numerators,
      Rows denominators,
      float[] dstart,
      Parameters sums) {
    vectors.clear(workspace.texts());
    eachStrip((text, at, from, to) -> {
      workspace
          .gradientKernels()
          .wkv()
          .sums(
              values.values(),
              carry.values(),
              numerators.values(),
              denominators.values(),
              at,
              workspace.length(),
              padded,
              start,
              padded,
              from,
              to);
      workspace
          .gradientKernels()
          .wkv()
          .backward(
              values.values(),
              output.values(),
              carry.values(),
              numerators.values(),
              denominators.values(),
              y.values(),
              gradients.values(),
              keys.values(),
              at,
              workspace.length(),
              padded,
              vectors.parts(),
              vectors.at(text),
              padded,
              from,
              to);
    });
    vectors.total(0, sums.values(block + "att.time_first"));
    float[] decays = sums.values(block + "att.time_decay");
    vectors.total(padded, decays);
    for (int i = 0; i < width; i++) {
      decays[i] *= decay[i]; // w = −exp(d), so dw/dd = w
    }
    vectors.total(2 * padded, dstart);
  }

  /** Work on some channels of a text. */
  @FunctionalInterface
  private interface StripTask {
    void run(int text, int at, int from, int to);
  }

  private void eachStrip(StripTask task) {
    int strips = padded / CHANNELS;
    workspace
        .parallel()
        .each(
            workspace.texts() * strips,
            piece -> {
              int text = piece / strips;
              int from = piece % strips * CHANNELS;
              task.run(text, text * workspace.length() * padded, from, from + CHANNELS);
            });
  }
}

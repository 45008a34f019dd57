package dev.rwkv.reference;

/**
 * The activation of channel-mix (paper eq. 18): max(k, 0)².
 *
 * <p><em>Shapes</em> [F] to [F]. <em>Bound</em> docs/numerics.md, section Squared ReLU: where k +
 * its error is not positive, the candidate's result is exactly 0.
 */
public final class SquaredRelu {
  private SquaredRelu() {}

  /** max(k, 0)². */
  public static Bounded apply(Bounded key, ErrorModel errors) {
    double[] squared = new double[key.length()];
    for (int i = 0; i < squared.length; i++) {
      double positive = Math.max(key.value(i), 0);
      squared[i] = positive * positive;
    }
    return errors.activation(
        squared,
        i -> {
          double positive = Math.max(key.value(i), 0);
          double off = key.value(i) > 0 ? key.error(i) : Math.max(key.value(i) + key.error(i), 0);
          if (positive + off == 0) {
            return 0;
          }
          return errors.rounded(squared[i], (2 * positive + off) * off);
        });
  }
}

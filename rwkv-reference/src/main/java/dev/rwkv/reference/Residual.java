package dev.rwkv.reference;

/** The residual connection around each half of a block (paper, figure 2): x + change. */
final class Residual {
  private Residual() {}

  static Bounded add(Bounded x, Bounded change, ErrorModel errors) {
    double[] sum = new double[x.length()];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = x.value(i) + change.value(i);
    }
    return errors.activation(sum, i -> errors.rounded(sum[i], x.error(i) + change.error(i)));
  }

  static Bounded[] add(Bounded[] x, Bounded[] changes, ErrorModel errors) {
    Bounded[] sums = new Bounded[x.length];
    for (int t = 0; t < sums.length; t++) {
      sums[t] = add(x[t], changes[t], errors);
    }
    return sums;
  }
}

package dev.rwkv.reference.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * The derivative of a function along a random direction, by central differences of three steps, and
 * how far it may be off.
 *
 * <p>D(h) = (f(x + hd) − f(x − hd))/2h is off by h²f‴/6, and by at most h/4 times the jump of f″
 * where that jumps within the step (a squared ReLU at its kink). Half the step divides the first by
 * four and each of the others by two at least, so a single error is no larger at h/2 than D(h) −
 * D(h/2). Several errors of either sign may cancel in one such difference; for them to cancel in
 * the next one as well, two coincidences are needed. The tolerance at h/4 is therefore |D(h) −
 * D(h/2)| + |D(h/2) − D(h/4)|. The roundings of f cost 2·ε|f|/h, ε being a few hundred roundings
 * here.
 */
record DirectionalDerivative(double slope, double tolerance) {
  private static final double ROUNDINGS = 0x1p-53 * 400;

  /**
   * Along a direction of normally distributed numbers, which is left in {@code direction}.
   *
   * @param x where f reads its argument from; unchanged in the end
   */
  static DirectionalDerivative of(
      DoubleSupplier f, double[] x, double step, long seed, double[] direction) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] centre = x.clone();
    for (int i = 0; i < x.length; i++) {
      direction[i] = random.nextGaussian();
    }
    double coarse = difference(f, x, centre, direction, step);
    double middle = difference(f, x, centre, direction, step / 2);
    double fine = difference(f, x, centre, direction, step / 4);
    double size = Math.max(1, Math.abs(f.getAsDouble()));
    return new DirectionalDerivative(
        fine,
        Math.abs(coarse - middle) + Math.abs(middle - fine) + 2 * ROUNDINGS * size / (step / 4));
  }

  private static double difference(
      DoubleSupplier f, double[] x, double[] centre, double[] direction, double h) {
    set(x, centre, direction, h);
    double above = f.getAsDouble();
    set(x, centre, direction, -h);
    double below = f.getAsDouble();
    System.arraycopy(centre, 0, x, 0, x.length);
    return (above - below) / (2 * h);
  }

  private static void set(double[] x, double[] centre, double[] direction, double h) {
    for (int i = 0; i < x.length; i++) {
      x[i] = centre[i] + h * direction[i];
    }
  }

  /** Compares f at x with a gradient; returns the share of its size that would go unnoticed. */
  static double assertAgrees(
      String what, DoubleSupplier f, double[] x, double[] gradient, double step, long seed) {
    double[] direction = new double[x.length];
    DirectionalDerivative found = of(f, x, step, seed, direction);
    double expected = 0;
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      expected += gradient[i] * direction[i];
      squares += gradient[i] * gradient[i];
    }
    assertThat(Math.abs(found.slope - expected))
        .as("%s: %s by differences, %s by the gradient", what, found, expected)
        .isLessThanOrEqualTo(found.tolerance + 0x1p-40 * Math.sqrt(squares));
    return found.tolerance / Math.sqrt(squares);
  }
}

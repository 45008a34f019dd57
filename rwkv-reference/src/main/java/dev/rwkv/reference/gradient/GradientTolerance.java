package dev.rwkv.reference.gradient;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.reference.Bounded;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Gradients, and how far those of an implementation in f32 may be from them.
 *
 * <p>The differentiation is run {@value #RUNS} times in {@link RandomRounding}; a tensor's element
 * may be off by {@value #FACTOR} times the deviation that was found for it plus u times the
 * tensor's root mean square. It is a statistical tolerance, not a proof; docs/numerics.md, section
 * 8, says how sure and how sharp it is. It covers f32 sums in all but perverse orders, exp and ln
 * to 1 ulp, 1/√ to 2 and σ to 2.5. Immutable and safe for any thread.
 */
public final class GradientTolerance {
  /** How often the differentiation is repeated. */
  public static final int RUNS = 32;

  /** What a deviation is multiplied with. */
  public static final double FACTOR = 12;

  private static final double UNIT_ROUNDOFF = 0x1p-24;

  // What is lost below 2⁻¹²⁶ may have been multiplied by up to 2²⁶ afterwards.
  private static final double UNDERFLOW = 0x1p-100;

  private final Bounded loss;
  private final Map<String, Bounded> gradients;

  private GradientTolerance(Bounded loss, Map<String, Bounded> gradients) {
    this.loss = loss;
    this.gradients = gradients;
  }

  /**
   * The tolerance of a computation.
   *
   * @param computation the same gradients with any rounding; called {@value #RUNS} times and once
   */
  public static GradientTolerance f32(Function<Rounding, Gradients> computation) {
    Gradients exact = computation.apply(Rounding.DOUBLE);
    Map<String, double[]> squares = new LinkedHashMap<>();
    double[] lossSquares = new double[1];
    for (int run = 0; run < RUNS; run++) {
      Gradients perturbed = computation.apply(RandomRounding.f32(run));
      lossSquares[0] += square(perturbed.loss() - exact.loss());
      for (String name : exact.names()) {
        double[] sums =
            squares.computeIfAbsent(name, any -> new double[exact.gradient(name).length]);
        addSquares(sums, exact.gradient(name), perturbed.gradient(name));
      }
    }
    Map<String, Bounded> gradients = new LinkedHashMap<>();
    squares.forEach((name, sums) -> gradients.put(name, bounded(exact.gradient(name), sums)));
    return new GradientTolerance(bounded(new double[] {exact.loss()}, lossSquares), gradients);
  }

  private static void addSquares(double[] sums, double[] exact, double[] perturbed) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += square(perturbed[i] - exact[i]);
    }
  }

  private static Bounded bounded(double[] exact, double[] squares) {
    double size = 0;
    for (double x : exact) {
      size += square(x);
    }
    double floor = UNIT_ROUNDOFF * Math.sqrt(size / Math.max(1, exact.length)) + UNDERFLOW;
    double[] errors = new double[exact.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = FACTOR * (Math.sqrt(squares[i] / RUNS) + floor);
    }
    return Bounded.of(exact, errors);
  }

  private static double square(double x) {
    return x * x;
  }

  /** What there is a gradient of. */
  public Set<String> names() {
    return Collections.unmodifiableSet(gradients.keySet());
  }

  /** The loss, one element. */
  public Bounded loss() {
    return loss;
  }

  /**
   * The gradient of a tensor, row-major as it is stored.
   *
   * @throws InvalidArgumentException if there is no such name
   */
  public Bounded gradient(String name) {
    Bounded gradient = gradients.get(name);
    if (gradient == null) {
      throw new InvalidArgumentException(
          "name", "there is no gradient of '" + name + "': names() lists all");
    }
    return gradient;
  }

  /**
   * How much of its tolerance an implementation's gradient uses: above 1 is wrong.
   *
   * @param candidate as many elements as the tensor has
   * @throws InvalidArgumentException if there is no such name or the number of elements is another
   */
  public double utilisation(String name, float[] candidate) {
    Bounded gradient = gradient(name);
    if (candidate.length != gradient.length()) {
      throw new InvalidArgumentException(
          name, candidate.length + " elements, but there must be " + gradient.length());
    }
    double[] widened = new double[candidate.length];
    for (int i = 0; i < widened.length; i++) {
      widened[i] = candidate[i];
    }
    return gradient.utilisation(widened);
  }
}

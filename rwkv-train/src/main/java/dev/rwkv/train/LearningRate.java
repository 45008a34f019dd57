package dev.rwkv.train;

import dev.rwkv.error.InvalidArgumentException;

/**
 * The learning rate of every step: a warm-up, then a fall from the initial rate to the final one.
 *
 * <p>Exponentially it is initial · exp(ln(final/initial) · progress), as in appendix G of the paper
 * (Table 3 has the rates); the code and the paper hold the initial rate during the warm-up ({@link
 * WarmUp#CONSTANT}).
 *
 * @param initial the rate after the warm-up, above 0
 * @param last the rate at the end, above 0
 * @param shape how it falls in between
 * @param warmUpSteps how many steps the warm-up takes, 0 or more
 * @param warmUp what it does meanwhile
 */
public record LearningRate(
    double initial, double last, Shape shape, long warmUpSteps, WarmUp warmUp) {

  /** How it falls. */
  public enum Shape {
    /** By the same factor in every step. */
    EXPONENTIAL,
    /** Along half a cosine. */
    COSINE,
    /** Not at all; the final rate is not used. */
    CONSTANT
  }

  /** What the warm-up does. */
  public enum WarmUp {
    /** Rises linearly; the first step has 1/n of the initial rate. */
    LINEAR,
    /** Holds the initial rate. */
    CONSTANT
  }

  /** Checks the numbers. */
  public LearningRate {
    check("initial", initial);
    check("last", last);
    if (warmUpSteps < 0) {
      throw new InvalidArgumentException("warmUpSteps", warmUpSteps + " is negative");
    }
  }

  private static void check(String argument, double rate) {
    if (!(rate > 0 && rate <= 10)) {
      throw new InvalidArgumentException(argument, rate + " is not a rate above 0 and at most 10");
    }
  }

  /** The rate of a step, from 0, of a run of so many steps. */
  public double ofSteps(long step, long steps) {
    long falling = Math.max(1, steps - warmUpSteps);
    return at(step, Math.clamp((double) (step - warmUpSteps) / falling, 0, 1));
  }

  /**
   * The rate of a step of which only the progress is known.
   *
   * @param step from 0; decides about the warm-up
   * @param progress what share of the fall is done, from 0 to 1
   */
  public double at(long step, double progress) {
    if (step < warmUpSteps) {
      return warmUp == WarmUp.CONSTANT ? initial : initial * (step + 1) / warmUpSteps;
    }
    return switch (shape) {
      case EXPONENTIAL -> initial * Math.exp(Math.log(last / initial) * progress);
      case COSINE -> last + (initial - last) * (1 + Math.cos(Math.PI * progress)) / 2;
      case CONSTANT -> initial;
    };
  }
}

package dev.rwkv.conformance.tolerance;

import dev.rwkv.State;
import dev.rwkv.reference.Bounded;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.reference.Expected;
import dev.rwkv.reference.Oracle;
import dev.rwkv.reference.WkvState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares a candidate's numbers with the oracle's, throws a {@link Violation} that names the worst
 * one, and remembers how much of each bound was used. One for each requirement of a run; not
 * thread-safe.
 */
public final class Judge {
  private static final String NUMERATOR = "att.numerator";
  private static final String DENOMINATOR = "att.denominator";
  private static final String EXPONENT = "att.exponent";
  private static final String LOGITS = "logits";

  private final Map<String, Margin> margins = new TreeMap<>();
  private final boolean probable;
  private double shareOfStep;

  /**
   * A judge that has seen nothing.
   *
   * @param probable whether to report the probabilistic tier as well, which takes twice the time
   */
  public Judge(boolean probable) {
    this.probable = probable;
  }

  /** The worst share of every bound so far. */
  public List<Margin> margins() {
    return List.copyOf(margins.values());
  }

  /** The worst share of a bound in the last step that was compared; to be recorded. */
  public double shareOfStep() {
    return shareOfStep;
  }

  /**
   * One step, judged from the candidate's own account of it.
   *
   * @param where names the step: {@code step 3 (token 7)}
   * @param before the state that the candidate exported before the step
   * @param logits what it answered
   * @param after the state that it exported afterwards
   * @throws Violation if a number is out of its bound or the largest logit is another
   */
  public void step(
      String where,
      Oracle oracle,
      ErrorModel errors,
      State before,
      int token,
      double[] logits,
      State after) {
    if (probable) {
      oracle
          .judge(before, token, after, errors.probabilistic())
          .utilisation(after)
          .forEach((name, share) -> remember(Margin.probable(operator(name), share)));
    }
    expected(where, oracle.judge(before, token, after, errors), logits, after);
  }

  /**
   * Logits and a state.
   *
   * @throws Violation as {@link #step}
   */
  public void expected(String where, Expected expected, double[] logits, State after) {
    shareOfStep = 0;
    // In the order of computation, so that the first one named is the first that went wrong.
    for (String component : expected.state().keySet()) {
      component(where, expected, component, after);
    }
    within(LOGITS, where, expected.logits(), logits);
    int best = argmax(logits);
    Violation.unless(
        !expected.argmaxIsCertain() || best == expected.argmax(),
        "%s: the largest logit is that of token %d, but must be that of token %d"
            .formatted(where, best, expected.argmax()));
  }

  /**
   * Two ways of one candidate to the same place: where each is within the oracle's bound, they
   * cannot be further apart than twice that.
   *
   * @param expected at this place, whose values do not matter
   * @param wanted logits and state of the one way
   * @param logits of the other
   * @param after of the other
   * @throws Violation if a number is further apart
   */
  public void agree(
      String where,
      Expected expected,
      double[] wantedLogits,
      State wanted,
      double[] logits,
      State after) {
    Map<String, Bounded> state = new LinkedHashMap<>();
    expected
        .state()
        .forEach((name, bound) ->
            state.put(
                name,
                name.endsWith(EXPONENT) ? bound : twice(bound, atOracle(expected, name, wanted))));
    expected(where, new Expected(twice(expected.logits(), wantedLogits), state), logits, after);
  }

  /** Twice the bound, around the other result. */
  public static Bounded twice(Bounded bound, double[] values) {
    double[] errors = bound.errors();
    for (int i = 0; i < errors.length; i++) {
      errors[i] *= 2;
    }
    return Bounded.of(values, errors);
  }

  /**
   * One component of a state: sums are compared at the oracle's exponent, exponents not at all.
   *
   * @throws Violation if an element is out of its bound
   */
  public void component(String where, Expected expected, String name, State after) {
    if (name.endsWith(EXPONENT)) {
      return;
    }
    within(
        operator(name),
        where + ": " + name,
        bound(expected, name),
        atOracle(expected, name, after));
  }

  // Sums at the oracle's exponents.
  private static double[] atOracle(Expected expected, String name, State after) {
    double[] values = after.component(name).toDoubles();
    if (name.endsWith(NUMERATOR) || name.endsWith(DENOMINATOR)) {
      String exponent = name.substring(0, name.lastIndexOf("att.")) + EXPONENT;
      double[] p = after.component(exponent).toDoubles();
      Bounded at = bound(expected, exponent);
      for (int i = 0; i < values.length; i++) {
        values[i] = WkvState.atExponent(values[i], p[i], at.value(i));
      }
    }
    return values;
  }

  private static Bounded bound(Expected expected, String name) {
    Bounded bound = expected.state().get(name);
    if (bound == null) {
      throw new IllegalArgumentException("the oracle has no component " + name);
    }
    return bound;
  }

  /**
   * A vector.
   *
   * @param operator under which the margin is remembered
   * @param where names the vector
   * @throws Violation if an element is out of its bound; names the worst one
   */
  public void within(String operator, String where, Bounded expected, double[] candidate) {
    double share = expected.utilisation(candidate);
    remember(new Margin(operator, share, candidate.length));
    shareOfStep = Math.max(shareOfStep, share);
    if (!(share <= 1)) {
      int worst = worst(expected, candidate);
      throw new Violation(
          String.format(
              Locale.ROOT,
              "%s%s[%d] is %s, but must be %s ± %.3g (%.3g times the bound)",
              where,
              where.endsWith(operator) ? "" : ": " + operator,
              worst,
              candidate[worst],
              expected.value(worst),
              expected.error(worst),
              share));
    }
  }

  private static int worst(Bounded expected, double[] candidate) {
    int worst = 0;
    double most = -1;
    for (int i = 0; i < candidate.length; i++) {
      double share =
          Bounded.of(new double[] {expected.value(i)}, new double[] {expected.error(i)})
              .utilisation(new double[] {candidate[i]});
      if (share > most) {
        most = share;
        worst = i;
      }
    }
    return worst;
  }

  private void remember(Margin margin) {
    margins.merge(margin.operator(), margin, Margin::and);
  }

  // Margins are per kind of component, over all layers.
  private static String operator(String component) {
    return component.replaceFirst("^blocks\\.[0-9]+\\.", "");
  }

  private static int argmax(double[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}

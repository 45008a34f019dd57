package dev.rwkv.reference;

import dev.rwkv.State;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the oracle expects of a candidate, with the bound on every number.
 *
 * @param logits after the last token, [V]
 * @param state every component of the state after it, by name; the errors of numerators and
 *     denominators are those at the oracle's exponents, see {@link WkvState}
 */
public record Expected(Bounded logits, Map<String, Bounded> state) {

  /**
   * How much of its bound each component of a candidate's state uses: above 1 is wrong. Numerators
   * and denominators are compared at the oracle's exponents; exponents themselves are not compared,
   * because the same sums can stand at any.
   */
  public Map<String, Double> utilisation(State candidate) {
    Map<String, Double> shares = new LinkedHashMap<>();
    state.forEach((name, expected) -> {
      if (!name.endsWith(LayerStates.EXPONENT)) {
        shares.put(name, expected.utilisation(comparable(candidate, name)));
      }
    });
    return shares;
  }

  /** A component of a candidate's state, at the oracle's exponent if it is a sum. */
  private double[] comparable(State candidate, String name) {
    double[] values = candidate.component(name).toDoubles();
    if (!name.endsWith(LayerStates.NUMERATOR) && !name.endsWith(LayerStates.DENOMINATOR)) {
      return values;
    }
    String exponent = name.substring(0, name.lastIndexOf("att.")) + LayerStates.EXPONENT;
    double[] p = candidate.component(exponent).toDoubles();
    Bounded wanted = state.get(exponent);
    for (int i = 0; wanted != null && i < values.length; i++) {
      values[i] = WkvState.atExponent(values[i], p[i], wanted.value(i));
    }
    return values;
  }

  /** The token of the largest logit; the lowest such id when several are equal. */
  public int argmax() {
    int best = 0;
    for (int i = 1; i < logits.length(); i++) {
      best = logits.value(i) > logits.value(best) ? i : best;
    }
    return best;
  }

  /** Whether every candidate within the bounds has the same largest logit. */
  public boolean argmaxIsCertain() {
    int best = argmax();
    for (int i = 0; i < logits.length(); i++) {
      if (i != best
          && logits.value(i) + logits.error(i) >= logits.value(best) - logits.error(best)) {
        return false;
      }
    }
    return true;
  }
}

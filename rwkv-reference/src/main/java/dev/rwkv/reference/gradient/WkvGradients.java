package dev.rwkv.reference.gradient;

import dev.rwkv.error.InvalidArgumentException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The gradients of WKV alone (paper eq. 16), outside any model, by differentiating the stabilised
 * recurrence: nothing overflows for keys of any size and decays from 0 on.
 *
 * <p>Operands of one text of T tokens and C channels; the arrays are not copied. Safe for any
 * thread.
 *
 * @param channels C, at least 1
 * @param decay w, [C]: the logarithm of the factor per token, not positive
 * @param bonus u, [C]
 * @param keys k, [T, C] row-major; T follows from the length and is at least 1
 * @param values v, [T, C]
 * @param outputGradient gy, [T, C]: the derivative of the loss by every wkv
 */
public record WkvGradients(
    int channels,
    double[] decay,
    double[] bonus,
    double[] keys,
    double[] values,
    double[] outputGradient) {
  /** The name of the gradient by w itself, not by time_decay; [C]. */
  public static final String DECAY = "decay";

  /** The name of the gradient by u, [C]. */
  public static final String BONUS = "bonus";

  /** The name of the gradient by k, [T, C]. */
  public static final String KEYS = "keys";

  /** The name of the gradient by v, [T, C]. */
  public static final String VALUES = "values";

  /** The name of the gradient by the earlier token's k₀, [C]. */
  public static final String START_KEY = "start.key";

  /** The name of the gradient by the earlier token's v₀, [C]. */
  public static final String START_VALUE = "start.value";

  /**
   * Checks the sizes.
   *
   * @throws InvalidArgumentException if an array is not as long as documented
   */
  public WkvGradients {
    if (channels < 1 || keys.length == 0 || keys.length % channels != 0) {
      throw new InvalidArgumentException(
          "keys", keys.length + " keys are not rows of " + channels + " channels");
    }
    check("decay", decay, channels);
    check("bonus", bonus, channels);
    check("values", values, keys.length);
    check("outputGradient", outputGradient, keys.length);
  }

  private static void check(String name, double[] array, int length) {
    if (array.length != length) {
      throw new InvalidArgumentException(
          name, array.length + " elements, but there must be " + length);
    }
  }

  /** From an empty state. */
  public Gradients gradients(Rounding rounding) {
    Tape tape = new Tape(rounding);
    Operations f = new Operations(tape);
    return gradients(tape, f, new LinkedHashMap<>(), WkvRecurrence.Sums.empty(channels));
  }

  /**
   * From what one earlier token left.
   *
   * @param key k₀, [C]
   * @param value v₀, [C]
   * @throws InvalidArgumentException if an array is not as long as documented
   */
  public Gradients gradients(double[] key, double[] value, Rounding rounding) {
    check("key", key, channels);
    check("value", value, channels);
    Tape tape = new Tape(rounding);
    Operations f = new Operations(tape);
    Map<String, Variable> parameters = new LinkedHashMap<>();
    Variable k0 = Tape.parameter(1, channels, key);
    Variable v0 = Tape.parameter(1, channels, value);
    parameters.put(START_KEY, k0);
    parameters.put(START_VALUE, v0);
    return gradients(tape, f, parameters, WkvRecurrence.Sums.of(f, k0, v0));
  }

  private Gradients gradients(
      Tape tape, Operations f, Map<String, Variable> parameters, WkvRecurrence.Sums before) {
    int tokens = keys.length / channels;
    Variable w = Tape.parameter(1, channels, decay);
    Variable u = Tape.parameter(1, channels, bonus);
    Variable k = Tape.parameter(tokens, channels, keys);
    Variable v = Tape.parameter(tokens, channels, values);
    parameters.put(DECAY, w);
    parameters.put(BONUS, u);
    parameters.put(KEYS, k);
    parameters.put(VALUES, v);
    Variable wkv = new WkvRecurrence(f, 1).apply(w, u, k, v, before);
    Variable loss = f.sum(f.multiply(wkv, Tape.constant(tokens, channels, outputGradient)));
    tape.differentiate(loss);
    return new Gradients(loss.scalar(), parameters);
  }
}

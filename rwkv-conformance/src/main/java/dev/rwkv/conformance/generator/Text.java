package dev.rwkv.conformance.generator;

import java.util.Arrays;
import java.util.List;

/**
 * A model and the tokens that it is given.
 *
 * @param model the model
 * @param tokens each within the model's vocabulary
 */
public record Text(ModelCase model, List<Integer> tokens) {

  public Text {
    tokens = List.copyOf(tokens);
  }

  /** Numbers of any size as tokens of the model's vocabulary. */
  public static Text of(ModelCase model, List<Integer> numbers) {
    return new Text(
        model, numbers.stream().map(each -> Math.floorMod(each, model.vocabulary())).toList());
  }

  /** The number of tokens. */
  public int length() {
    return tokens.size();
  }

  /** Token {@code i}. */
  public int token(int i) {
    return tokens.get(i);
  }

  /** Tokens {@code [from, to)}. */
  public int[] span(int from, int to) {
    return tokens.subList(from, to).stream().mapToInt(Integer::intValue).toArray();
  }

  /** All tokens. */
  public int[] all() {
    return span(0, length());
  }

  @Override
  public String toString() {
    return model + ", tokens " + Arrays.toString(all());
  }
}

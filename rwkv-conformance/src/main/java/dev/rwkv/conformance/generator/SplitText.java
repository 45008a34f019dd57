package dev.rwkv.conformance.generator;

import java.util.List;

/**
 * A text and the places where it is cut into spans; two cuts at one place make an empty span.
 *
 * @param text the model and its tokens
 * @param cuts in ascending order, each in [0, length]
 */
public record SplitText(Text text, List<Integer> cuts) {

  public SplitText {
    cuts = List.copyOf(cuts);
  }

  /** One span. */
  public static SplitText whole(Text text) {
    return new SplitText(text, List.of());
  }

  /** Numbers of any size as cuts. */
  public static SplitText of(Text text, List<Integer> numbers) {
    return new SplitText(
        text,
        numbers.stream().map(each -> Math.floorMod(each, text.length() + 1)).sorted().toList());
  }

  /** The number of spans. */
  public int spans() {
    return cuts.size() + 1;
  }

  /** The tokens of span {@code i}. */
  public int[] span(int i) {
    int from = i == 0 ? 0 : cuts.get(i - 1);
    int to = i == cuts.size() ? text.length() : cuts.get(i);
    return text.span(from, to);
  }

  @Override
  public String toString() {
    return text + ", cut at " + cuts;
  }
}

package dev.rwkv.conformance.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Takes down what tests measure on their way, to be drawn, and what they could not look at. One for
 * each requirement of a run; not thread-safe.
 */
public final class Recorder {
  private final Map<Figure, Map<String, TreeMap<Double, Double>>> lines =
      new EnumMap<>(Figure.class);
  private final Set<String> notes = new LinkedHashSet<>();

  /** Nothing has been measured yet. */
  public Recorder() {}

  /**
   * Adds a point to a line; of several at the same place the largest counts. What is not finite is
   * left out: a picture has no place for it, and the verdict tells.
   *
   * @param line what the line is: {@code a step}
   * @param tokens where, at least 0
   * @param measured in the unit of the figure
   */
  public void point(Figure figure, String line, double tokens, double measured) {
    if (Double.isFinite(measured)) {
      lines
          .computeIfAbsent(figure, each -> new TreeMap<>())
          .computeIfAbsent(line, each -> new TreeMap<>())
          .merge(tokens, measured, Math::max);
    }
  }

  /** Says what could not be looked at here: once, however often it is said. */
  public void note(String note) {
    notes.add(note);
  }

  /** All notes, in their order. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** All lines. */
  public List<Series> series() {
    List<Series> all = new ArrayList<>();
    lines.forEach((figure, ofFigure) ->
        ofFigure.forEach((line, points) ->
            all.add(
                new Series(
                    figure,
                    line,
                    points.entrySet().stream()
                        .map(point -> new Series.Point(point.getKey(), point.getValue()))
                        .toList()))));
    return all;
  }
}

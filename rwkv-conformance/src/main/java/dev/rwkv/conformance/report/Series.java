package dev.rwkv.conformance.report;

import java.util.List;

/**
 * A line in a picture of the report.
 *
 * @param figure the picture
 * @param line what the line is
 * @param points from left to right
 */
public record Series(Figure figure, String line, List<Point> points) {

  public Series {
    points = List.copyOf(points);
  }

  /**
   * A point of a line.
   *
   * @param x tokens
   * @param y what was measured: finite, not negative
   */
  public record Point(double x, double y) {}
}
